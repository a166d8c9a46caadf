/**
 * The times of one run's pictures: how long each lasts (Pace) and what the wall clock said when it was seen (RunClock).
 * Sound goes where its pictures are.
 */
import { Pace, RunClock } from '@vr/footage';
import { compositionOffset, readDurations, writeDurations, type TrackFragment } from '@vr/mp4';
import type { QueuedFragment } from './fragment-queue';

/** A run's start may still be found to be earlier for this long; only then its gap is known for good. */
export const SETTLE_MS = 20_000;
/**
 * ffmpeg's parser hands a picture of these on when the next one begins, and the muxer writes a fragment when it has the
 * picture behind it: so of a fragment that arrives, the second picture behind it was seen.
 */
const PARSED: ReadonlySet<string> = new Set(['h264', 'hevc']);
/** Sound comes with its pictures: where it lies further from them, stamps have jumped. */
const SOUND_MAY_STRAY_MS = 500;

/**
 * In so many fragments lengths are found that stamps do not say, before it is called the camera's way: the first
 * picture of a run has no stamp.
 */
const REPAIRS_AT_START = 5;

/** What is wrong with a camera's stamps. */
export interface StampFaults {
  /** Of time to what the stamps say; 1 where they are right. */
  rate: number;
  /** Several pictures carry one stamp. */
  repairsStamps: boolean;
}

/** A rate that was found more exactly is no news. */
const SAME_RATE = 0.01;

export function areAlike(a: StampFaults, b: StampFaults): boolean {
  const isSameRate = Math.abs(a.rate - b.rate) < SAME_RATE && (a.rate === 1) === (b.rate === 1);
  return isSameRate && a.repairsStamps === b.repairsStamps;
}

export class RunTimes {
  private clock = new RunClock({ settleMs: SETTLE_MS });
  private readonly pace = new Pace();
  /** What arrived last: its end in the run's media time, and when. */
  private last: { mediaEndMs: number; wallMs: number } | undefined;
  private repairs = 0;
  /** By track: from the camera's time to the run's. */
  private readonly soundShiftMs = new Map<number, number>();

  get stampFaults(): StampFaults {
    return { rate: this.pace.rate, repairsStamps: this.repairs > REPAIRS_AT_START };
  }

  /**
   * Gives the next fragment its times in the run, in its bytes too.
   * @returns by how much everything so far in this run was stamped too late
   */
  place(fragment: QueuedFragment): number {
    const { last, clock } = this;
    const { secondMs, shortestMs, catchesUp } = this.retime(fragment);
    const { mediaStartMs, mediaEndMs, arrival, init } = fragment;
    // fragments between them may have been dropped
    const before = last && Math.abs(mediaStartMs - last.mediaEndMs) < shortestMs ? last : undefined;
    const seen = seenPicture({
      isParsed: PARSED.has(init.video.codec),
      secondMs,
      shortestMs,
      mediaEndMs,
      wallMs: arrival.wallMs,
      before,
    });
    const loweredMs = catchesUp ? 0 : clock.observe({ mediaStartMs, mediaEndMs, seen });
    this.last = { mediaEndMs, wallMs: arrival.wallMs };
    return loweredMs;
  }

  /** Media time to wall time, by the clock as it is now. */
  wallMs(mediaMs: number): number {
    return this.clock.wallMs(mediaMs);
  }

  isSettled(mediaEndMs: number): boolean {
    return this.clock.isSettled(mediaEndMs);
  }

  /** From now on the run's start is known for good. */
  settle(): void {
    this.clock.settle();
  }

  /** The machine's clock was set: by this much everything so far was stamped too early. */
  shift(byMs: number): void {
    this.clock.shift(byMs);
    if (this.last) this.last.wallMs += byMs;
  }

  /** Footage stands already where this run would begin: it begins so much later, and catches up. */
  delay(byMs: number): void {
    this.clock.delay(byMs);
  }

  /** The machine's clock has parted from what it was: the next fragment tells the time anew. */
  reanchor(): void {
    this.clock = new RunClock({ settleMs: SETTLE_MS });
    this.last = undefined;
  }

  /** Answers when its second picture is shown, in the run's media time, and how long its shortest lasts. */
  private retime(fragment: QueuedFragment): { secondMs: number; shortestMs: number; catchesUp: boolean } {
    const { bytes, video, tracks, arrival, init } = fragment;
    const { clock, last } = this;
    const { timescale } = video.track;
    const offsetTicks = compositionOffset(bytes, video, Math.min(1, video.sampleCount - 1));
    // By this arrival the second picture behind the fragment was seen, which comes as long after it as the second one
    // after its start.
    const behindMs = (firstMs: number): number =>
      PARSED.has(init.video.codec) ? firstMs + (offsetTicks / timescale) * 1000 * this.pace.rate : 0;
    const stampedStartTicks = video.baseDecodeTime;
    const stamped = readDurations(bytes, video);
    const { startTicks, durations, scale, catchesUp, isNewPace } = this.pace.next(
      { startTicks: stampedStartTicks, durations: stamped, timescale },
      {
        atMs: arrival.monotonicMs,
        lateMs: (endMs, firstMs) => (last ? arrival.wallMs - clock.wallMs(endMs + behindMs(firstMs)) : 0),
        errorMs: clock.errorMs,
      },
    );
    if (isNewPace) clock.forget();
    if (this.pace.repairsStamps) this.repairs++;
    if (durations !== stamped) writeDurations(bytes, video, durations, scale);
    video.baseDecodeTime = startTicks;
    fragment.mediaStartMs = (startTicks / timescale) * 1000;
    fragment.mediaEndMs = ((startTicks + video.durationTicks) / timescale) * 1000;
    const isMended = startTicks !== stampedStartTicks || durations !== stamped;
    for (const sound of tracks) if (sound !== video) this.moveSound(sound, fragment.mediaStartMs, isMended);
    const secondTicks = startTicks + (durations[0] ?? 0) + Math.round(offsetTicks * scale);
    const shortestTicks = durations.reduce((least, ticks) => Math.min(least, ticks), Infinity);
    return { secondMs: (secondTicks / timescale) * 1000, shortestMs: (shortestTicks / timescale) * 1000, catchesUp };
  }

  /** As long as the pictures have the camera's own times, so has the sound. */
  private moveSound(sound: TrackFragment, startMs: number, isMended: boolean): void {
    const { id, timescale } = sound.track;
    const shiftMs = this.soundShiftMs.get(id) ?? 0;
    if (!isMended && shiftMs === 0) return;
    const strayMs = (sound.baseDecodeTime / timescale) * 1000 + shiftMs - startMs;
    const keptMs = Math.abs(strayMs) > SOUND_MAY_STRAY_MS ? shiftMs - strayMs : shiftMs;
    this.soundShiftMs.set(id, keptMs);
    sound.baseDecodeTime += Math.round((keptMs / 1000) * timescale);
  }
}

interface Seen {
  isParsed: boolean;
  secondMs: number;
  shortestMs: number;
  mediaEndMs: number;
  wallMs: number;
  before: { wallMs: number } | undefined;
}

/**
 * A picture that had been seen by then, as late a one as is sure. What the second picture behind a fragment is, the
 * next fragment tells; where that is not there, it is at least a picture's length behind.
 */
function seenPicture({ isParsed, secondMs, shortestMs, mediaEndMs, wallMs, before }: Seen): {
  mediaMs: number;
  atMs: number;
} {
  if (!isParsed) return { mediaMs: mediaEndMs, atMs: wallMs };
  return before ? { mediaMs: secondMs, atMs: before.wallMs } : { mediaMs: mediaEndMs + shortestMs, atMs: wallMs };
}
