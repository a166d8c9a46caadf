import { SenderReports } from './sender-reports';

const UNITS = 2 ** 32;
const VIDEO = { channel: 0, hz: 90_000, payload: 96 };
const SOUND = { channel: 2, hz: 8000, payload: 0 };
type Track = typeof VIDEO;
const NTP_SECONDS = 3_990_000_000;

describe('SenderReports', () => {
  let reports: SenderReports;
  beforeEach(() => {
    reports = new SenderReports();
    reports.describe('v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio 0 RTP/AVP 0\r\n');
    for (const track of [VIDEO, SOUND]) media(track, 0);
  });

  // Stamps begin just below their limit, so that they soon wrap around.
  const stampAt = (hz: number, seconds: number): number => (0xffff_0000 + Math.round(seconds * hz)) % UNITS;

  /** Sends a packet of pictures or sound with the stamp of `atSeconds`. */
  function media({ channel, hz, payload }: Track, atSeconds: number): void {
    const packet = Buffer.alloc(40);
    packet.writeUInt8(0x80 | payload, 1);
    packet.writeUInt32BE(stampAt(hz, atSeconds), 4);
    reports.mend({ channel, payload: packet });
  }

  /**
   * Mends a report of this track that says `ntpSeconds`, when the track's stamps say `atSeconds` since they began.
   * It gives the seconds that the mended report says.
   */
  function told({ channel, hz }: Track, atSeconds: number, ntpSeconds: number): number {
    const report = Buffer.alloc(28);
    report.writeUInt16BE(0x80c8);
    report.writeBigUInt64BE(BigInt.asUintN(64, BigInt(Math.round(ntpSeconds * UNITS))), 8);
    report.writeUInt32BE(stampAt(hz, atSeconds), 16);
    reports.mend({ channel: channel + 1, payload: report });
    return Number(report.readBigUInt64BE(8)) / UNITS;
  }
  /** Mends one report every two seconds. It gives for each when the track began, by that report. */
  const series = (track: Track, count: number, ntp: (atSeconds: number) => number): number[] =>
    Array.from({ length: count }, (_, i) => told(track, i * 2, ntp(i * 2)) - i * 2);

  it('leaves reports that are right as they are, also those of clocks that drift', () => {
    const drifting = (at: number): number => NTP_SECONDS + at * 1.0004;
    Array.from({ length: 1000 }, (_, i) => i * 5).forEach((at) =>
      expect(told(VIDEO, at, drifting(at))).toBeCloseTo(drifting(at), 3),
    );
  });

  it.each([
    ['stands still', () => NTP_SECONDS, NTP_SECONDS],
    ['is 0', () => 0, 0],
    ['runs at another rate than the stamps', (at: number) => NTP_SECONDS + at * 1.2, NTP_SECONDS],
  ] as const)('goes on with the stamps where the time %s', (_, ntp, first) => {
    series(VIDEO, 30, ntp).forEach((begin) => expect(begin).toBeCloseTo(first, 3));
  });

  it.each([-3600, -0.5, 0.5, 3600])('takes a step of %d s out, and follows the reports behind it', (step) => {
    const drift = 0.01; // reports count again after the step, so this later drift must show
    const begins = series(VIDEO, 30, (at) => NTP_SECONDS + at + (at >= 10 ? step : 0) + (at >= 30 ? drift : 0));
    begins.forEach((begin, i) => expect(begin).toBeCloseTo(NTP_SECONDS + (i >= 15 ? drift : 0), 3));
  });

  it('holds both tracks by one time line, where the second one is years away', () => {
    expect(told(VIDEO, 0, NTP_SECONDS)).toBeCloseTo(NTP_SECONDS, 3);
    media(VIDEO, 0.5);
    expect(told(SOUND, 0, 0)).toBeCloseTo(NTP_SECONDS + 0.5, 3);
    expect(told(SOUND, 2, 0)).toBeCloseTo(NTP_SECONDS + 2.5, 3);
  });

  it('believes the first report of the second track, however long nobody read the connection before it', () => {
    expect(told(VIDEO, 0, NTP_SECONDS)).toBeCloseTo(NTP_SECONDS, 3);
    expect(told(SOUND, 0.02, NTP_SECONDS + 0.02)).toBeCloseTo(NTP_SECONDS + 0.02, 3);
  });

  it('and when what came for seconds is read at once', () => {
    expect(told(VIDEO, 0, NTP_SECONDS)).toBeCloseTo(NTP_SECONDS, 3);
    media(VIDEO, 5);
    expect(told(SOUND, 5, NTP_SECONDS + 5)).toBeCloseTo(NTP_SECONDS + 5, 3);
  });

  it('does not drift where reports come at odd instants, some of them beyond belief', () => {
    const odd = (i: number): number => [0, 0.09, -0.08, 0.3, -0.05, -0.2][i % 6] ?? 0;
    const begins = Array.from({ length: 6000 }, (_, i) => told(VIDEO, i * 2, NTP_SECONDS + i * 2 + odd(i)) - i * 2);
    begins.slice(-60).forEach((begin) => expect(Math.abs(begin - NTP_SECONDS)).toBeLessThan(0.2));
  });
});
