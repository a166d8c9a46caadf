import { readPayload } from './payload';
import { timestampMs, toSeconds, utcDay } from './time';

describe('timestampMs', () => {
  it.each([
    ['seconds with fractions', 1732723200.123, 1732723200123],
    ['milliseconds', 1732723200123, 1732723200123],
    ['ISO 8601 with Z', '2024-11-27T16:00:00.123Z', 1732723200123],
    ['ISO 8601 with an offset', '2024-11-27T13:00:00.123-03:00', 1732723200123],
  ])('reads %s', (_, value, expected) => {
    expect(readPayload(timestampMs, value)).toBe(expected);
  });

  it.each([
    ['text', 'yesterday'],
    ['ISO 8601 without a zone', '2024-11-27T16:00:00'],
    ['not a number', NaN],
    ['the year 1970', 12.5],
    ['the year 3000', 32503680000],
    ['nothing', null],
    ['digits as text', '1732723200'],
  ])('rejects %s and says what it wants', (_, value) => {
    expect(() => readPayload(timestampMs, value)).toThrow(/seconds since the epoch/);
  });
});

describe('what goes out', () => {
  it('writes seconds with milliseconds as fractions', () => {
    expect(toSeconds(1732723200123)).toBe(1732723200.123);
  });

  it('names days in UTC', () => {
    expect(utcDay(Date.UTC(2026, 10, 23, 23, 59, 59, 999))).toBe('2026-11-23');
  });
});
