import { msOf, parseInstant, type OffsetMinutesAt } from './instant';

const AT = Date.UTC(2026, 10, 27, 12, 0, 0, 123);
const BASE = Date.UTC(2026, 10, 27, 12);

/** Berlin, 2026: UTC+2 from 29 March 01:00 UTC to 25 October 01:00 UTC, and UTC+1 before and after. */
const berlin: OffsetMinutesAt = (ms) => (ms >= Date.UTC(2026, 2, 29, 1) && ms < Date.UTC(2026, 9, 25, 1) ? -120 : -60);

describe('an instant', () => {
  it.each<[string, unknown, number]>([
    ['seconds', 1795780800.123, AT],
    ['milliseconds', 1795780800123, AT],
    ['microseconds', 1795780800123456, AT],
    ['nanoseconds', 1795780800123456789, AT],
    ['seconds as text', '1795780800.123', AT],
    ['milliseconds as text', ' 1795780800123\n', AT],
    ['microseconds as text', '1795780800123456', AT],
    ['nanoseconds as text', '1795780800123456789', AT],
    ['seconds with an exponent, as Go prints floats', '1.795780800123e+09', AT],
    ['seconds with a decimal comma, as printf writes in pt_BR', '1795780800,123', AT],
    ['ISO 8601 with Z, as JSON.stringify writes a Date', '2026-11-27T12:00:00.123Z', AT],
    ['with an offset', '2026-11-27T09:00:00.123-03:00', AT],
    ['with an offset without colon, as strftime %z', '2026-11-27T09:00:00.123-0300', AT],
    ['with an offset of hours, as PostgreSQL', '2026-11-27 09:00:00.123-03', AT],
    ['with microseconds, as isoformat() of an aware datetime', '2026-11-27T12:00:00.123456+00:00', AT],
    ['with a space, as str() of an aware datetime', '2026-11-27 12:00:00.123456+00:00', AT],
    ['with nanoseconds, as RFC3339Nano', '2026-11-27T12:00:00.123456789Z', AT],
    ['with seven digits, as .NET', '2026-11-27T12:00:00.1234567Z', AT],
    ['with a comma, as date -Ins', '2026-11-27T12:00:00,123456789+00:00', AT],
    ['without seconds, as Java', '2026-11-27T12:00Z', BASE],
    ['with the zone by name too, as Java', '2026-11-27T13:00:00.123+01:00[Europe/Paris]', AT],
    ["as Go's Time.String()", '2026-11-27 12:00:00.123456789 +0000 UTC m=+0.000123456', AT],
    ["as Go's, in a zone without a name", '2026-11-27 09:00:00.123456789 -0300 -03', AT],
    ['with UTC behind it', '2026-11-27 12:00:00.123 UTC', AT],
    ['in lower case', '2026-11-27t12:00:00.123z', AT],
    ['in basic form', '20261127T120000.123Z', AT],
    ['a leap second', '2026-12-31T23:59:60Z', Date.UTC(2027, 0, 1)],
  ])('as %s', (_, value, ms) => {
    expect(parseInstant(value)).toEqual({ ms, assumed: false });
  });

  it.each<[string, unknown]>([
    ['text', 'yesterday'],
    ['nothing', null],
    ['NaN', NaN],
    ['the year 1970', 12.5],
    ['the year 3000', 32503680000],
    ['a truth value', true],
    ['a list', [1795780800]],
    ['a date without a time', '2026-11-27'],
    ['30 February', '2026-02-30T12:00:00Z'],
    ["25 o'clock", '2026-11-27T25:00:00Z'],
    ['a zone that is none', '2026-11-27T12:00:00+15:00'],
    ['a zone by its letters alone', '2026-11-27T12:00:00 CET'],
    ["JavaScript's toString()", 'Fri Nov 27 2026 12:00:00 GMT+0000 (Coordinated Universal Time)'],
    ['digits without end', '1'.repeat(1000)],
  ])('is not %s', (_, value) => {
    expect(parseInstant(value)).toBeUndefined();
  });

  it("without a zone is taken in the machine's, and says so", () => {
    expect(parseInstant('2026-11-27T13:00:00.123456', berlin)).toEqual({ ms: AT, assumed: true });
    expect(parseInstant('2026-07-01 14:00:00', berlin)).toEqual({ ms: Date.UTC(2026, 6, 1, 12), assumed: true });
    expect(parseInstant('20261127T130000', berlin)).toEqual({ ms: BASE, assumed: true });
  });

  it('that clocks show twice is the one nearer to now', () => {
    const summer = Date.UTC(2026, 9, 25, 0, 30);
    const winter = Date.UTC(2026, 9, 25, 1, 30);
    const read = parseInstant('2026-10-25T02:30:00', berlin) ?? { ms: NaN, assumed: false };
    expect(read).toEqual({ ms: summer, assumed: true, againMs: winter });
    expect(msOf(read, summer + 300)).toBe(summer);
    expect(msOf(read, winter - 300)).toBe(winter);
    expect(msOf(read, winter + 40 * 86_400_000)).toBe(winter);
  });

  it('that clocks never show is counted on from before', () => {
    expect(parseInstant('2026-03-29T02:30:00', berlin)).toEqual({ ms: Date.UTC(2026, 2, 29, 1, 30), assumed: true });
  });

  it.each([
    ['an hour before', '2026-10-25T01:59:59', Date.UTC(2026, 9, 24, 23, 59, 59)],
    ['an hour after', '2026-10-25T03:00:00', Date.UTC(2026, 9, 25, 2)],
  ])('%s clocks are set back is there once', (_, text, ms) => {
    expect(parseInstant(text, berlin)).toEqual({ ms, assumed: true });
  });
});
