/**
 * A camera's sender reports (RFC 3550, 6.4.1) say which stamp of a track belongs to which wall-clock time. With two
 * tracks libav takes all times from them, whatever they say, and some cameras send reports that stand still, are 0 or
 * jump. Here each report is compared with the track's own stamps. A report that agrees with them passes unchanged, so
 * tracks that drift apart are still held together. In one that disagrees, the stamps' time is written instead. Where a
 * camera's clock was set, its reports are followed from then on, less the step.
 */
import type { Packet } from './interleaved-stream';

/** Of one track: its last report, and what was made of it. */
interface TrackTimes {
  stamp: number;
  ntpSeconds: number;
  /** What was written instead of `ntpSeconds`. */
  toldSeconds: number;
  /** By how much the reports are wrong. They have agreed on it since. */
  stepSeconds: number;
  /** How many reports in a row disagree with the stamps by the same step. */
  alike: number;
}

const SENDER_REPORT = 200;
const SENDER_REPORT_BYTES = 20;
const NTP_AT = 8;
const STAMP_AT = 16;
const MEDIA_HEAD_BYTES = 12;
const MEDIA_STAMP_AT = 4;
const UNITS_A_SECOND = 2 ** 32;
/** RFC 3551, 6: payload types of sound that need no line of their own. All others without a line are video. */
const STATIC_SOUND_HZ: Readonly<Record<number, number>> = {
  0: 8000, 3: 8000, 4: 8000, 5: 8000, 6: 16_000, 7: 8000, 8: 8000, 9: 8000, 10: 44_100, 11: 44_100, 12: 8000, 13: 8000,
  15: 8000, 16: 11_025, 17: 22_050, 18: 8000,
}; // prettier-ignore
const VIDEO_HZ = 90_000;
/** A report is written at another instant than the picture that it speaks of. */
const MOST_APART_SECONDS = 0.1;
/** A part of the time that passed: the camera and its encoder have two clocks. */
const MOST_DRIFT = 0.001;
/** A step is believed once this many reports agree on it. */
const ENOUGH_ALIKE = 3;
/** How far apart tracks may be when the first report of each comes. */
const MOST_BETWEEN_TRACKS_SECONDS = 1;

export class SenderReports {
  private readonly hzByPayload = new Map<number, number>();
  /** By the channel of the track's packets. Its reports come on the next channel. */
  private readonly hz = new Map<number, number>();
  /** The stamp of its last packet. */
  private readonly mediaStamps = new Map<number, number>();
  private readonly times = new Map<number, TrackTimes>();

  /** What the camera says of its tracks (SDP). Other texts say nothing. */
  describe(text: string): void {
    for (const [, payload, hz] of text.matchAll(/^a=rtpmap:(\d+) [^/\s]+\/(\d+)/gm)) {
      this.hzByPayload.set(Number(payload), Number(hz));
    }
  }

  /** Takes the next packet, of media or of reports, and mends a report in place. */
  mend({ channel, payload }: Packet): void {
    if (payload.length < MEDIA_HEAD_BYTES) return;
    const type = payload.readUInt8(1);
    if (type === SENDER_REPORT && payload.length >= SENDER_REPORT_BYTES) this.mendReport(channel - 1, payload);
    else if (channel % 2 === 0) {
      if (!this.hz.has(channel)) this.hz.set(channel, this.hzOf(type & 0x7f));
      this.mediaStamps.set(channel, payload.readUInt32BE(MEDIA_STAMP_AT));
    }
  }

  private hzOf(payload: number): number {
    return this.hzByPayload.get(payload) ?? STATIC_SOUND_HZ[payload] ?? VIDEO_HZ;
  }

  private mendReport(track: number, report: Buffer): void {
    const stamp = report.readUInt32BE(STAMP_AT);
    const ntpSeconds = Number(report.readBigUInt64BE(NTP_AT)) / UNITS_A_SECOND;
    const before = this.times.get(track);
    const read = { stamp, ntpSeconds };
    const times = before ? following(before, read, this.hz.get(track) ?? VIDEO_HZ) : this.first(read);
    this.times.set(track, times);
    const { toldSeconds } = times;
    if (toldSeconds !== ntpSeconds) report.writeBigUInt64BE(ntpUnits(toldSeconds), NTP_AT);
  }

  /**
   * Where another track was told of already, this one cannot be years away from it. How long that was ago say the
   * other's packets since: by the clock it would be wrong whenever the machine did not read for a while.
   */
  private first({ stamp, ntpSeconds }: ReadReport): TrackTimes {
    const [other] = this.times;
    const expectedSeconds = other ? this.nowSeconds(...other) : ntpSeconds;
    const isFar = Math.abs(ntpSeconds - expectedSeconds) > MOST_BETWEEN_TRACKS_SECONDS;
    const toldSeconds = isFar ? expectedSeconds : ntpSeconds;
    return { stamp, ntpSeconds, toldSeconds, stepSeconds: ntpSeconds - toldSeconds, alike: 0 };
  }

  /** When a track's last packet was, by what was told of it. */
  private nowSeconds(track: number, { stamp, toldSeconds }: TrackTimes): number {
    const mediaStamp = this.mediaStamps.get(track) ?? stamp;
    return toldSeconds + passed(stamp, mediaStamp, this.hz.get(track) ?? VIDEO_HZ);
  }
}

type ReadReport = Pick<TrackTimes, 'stamp' | 'ntpSeconds'>;

/** Stamps have 32 bits and wrap, after 13 hours of video. */
function passed(from: number, to: number, hz: number): number {
  return ((to - from) | 0) / hz;
}

function following(before: TrackTimes, read: ReadReport, hz: number): TrackTimes {
  const passedSeconds = passed(before.stamp, read.stamp, hz);
  const mostSeconds = MOST_APART_SECONDS + Math.abs(passedSeconds) * MOST_DRIFT;
  const stampSeconds = before.toldSeconds + passedSeconds;
  const reportSeconds = read.ntpSeconds - before.stepSeconds;
  if (Math.abs(reportSeconds - stampSeconds) <= mostSeconds) {
    return { ...before, ...read, toldSeconds: reportSeconds, alike: 0 };
  }
  const isAlike = Math.abs(read.ntpSeconds - before.ntpSeconds - passedSeconds) <= mostSeconds;
  const alike = isAlike ? before.alike + 1 : 1;
  const stepSeconds = alike >= ENOUGH_ALIKE ? read.ntpSeconds - stampSeconds : before.stepSeconds;
  return { ...read, toldSeconds: stampSeconds, stepSeconds, alike };
}

function ntpUnits(seconds: number): bigint {
  return BigInt.asUintN(64, BigInt(Math.round(seconds * UNITS_A_SECOND)));
}
