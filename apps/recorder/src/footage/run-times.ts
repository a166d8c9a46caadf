/**
 * Gives one run's pictures their times: how long each lasts (Pace), and what the wall clock said when the camera saw it
 * (RunClock). Sound moves along with its pictures.
 */
import { Pace, RunClock } from '@vr/footage';
import { compositionOffset, readDurations, writeDurations, type TrackFragment } from '@vr/mp4';
import type { QueuedFragment } from './fragment-queue';

/** For this long an arrival may still show that the run began earlier. Only afterwards is the gap before it final. */
export const SETTLE_MS = 20_000;
/**
 * For these codecs ffmpeg's parser hands a picture on only when the next one begins. The muxer writes a fragment only
 * when it has the picture behind it. When a fragment arrives, the camera has therefore seen the second picture behind
 * it.
 */
const PARSED: ReadonlySet<string> = new Set(['h264', 'hevc']);
/** Sound comes with its pictures. If it lies further from them, its stamps have jumped. */
const SOUND_MAY_STRAY_MS = 500;

/**
 * Up to so many fragments with repaired lengths are normal, because the first picture of a run has no stamp. More of
 * them are the camera's habit.
 */
const REPAIRS_AT_START = 5;

/** Says what is wrong with a camera's stamps. */
export interface StampFaults {
  /** Real time divided by the time that the stamps say. It is 1 if they are right. */
  rate: number;
  /** Several pictures carry one stamp. */
  repairsStamps: boolean;
}

/** A smaller change only makes the known rate more exact, so nobody needs to hear of it. */
const SAME_RATE = 0.01;

export function areAlike(a: StampFaults, b: StampFaults): boolean {
  const isSameRate = Math.abs(a.rate - b.rate) < SAME_RATE && (a.rate === 1) === (b.rate === 1);
  return isSameRate && a.repairsStamps === b.repairsStamps;
}

export class RunTimes {
  private clock = new RunClock({ settleMs: SETTLE_MS });
  private readonly pace = new Pace();
  /** The last arrival: its end in the run's media time, and when it came. */
  private last: { mediaEndMs: number; wallMs: number } | undefined;
  private repairs = 0;
  /** Leads from the camera's time to the run's time, for each track. */
  private readonly soundShiftMs = new Map<number, number>();

  get stampFaults(): StampFaults {
    return { rate: this.pace.rate, repairsStamps: this.repairs > REPAIRS_AT_START };
  }

  /**
   * Gives the next fragment its times in the run. It writes them into the fragment's bytes too.
   * @returns how much too late everything so far in this run was stamped, in ms
   */
  place(fragment: QueuedFragment): number {
    const { last, clock } = this;
    const { secondMs, shortestMs, catchesUp } = this.retime(fragment);
    const { mediaStartMs, mediaEndMs, arrival, init } = fragment;
    // The queue may have dropped fragments between them.
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

  /** Converts media time to wall time by the clock as it is now. */
  wallMs(mediaMs: number): number {
    return this.clock.wallMs(mediaMs);
  }

  isSettled(mediaEndMs: number): boolean {
    return this.clock.isSettled(mediaEndMs);
  }

  /** From now on the run's start is final. */
  settle(): void {
    this.clock.settle();
  }

  /** The machine's clock was set. Everything so far was stamped too early by this much. */
  shift(byMs: number): void {
    this.clock.shift(byMs);
    if (this.last) this.last.wallMs += byMs;
  }

  /** Footage exists already where this run would begin. The run therefore begins so much later, and catches up. */
  delay(byMs: number): void {
    this.clock.delay(byMs);
  }

  /** The machine's clock changed, so the next fragment gives the run a new anchor. */
  reanchor(): void {
    this.clock = new RunClock({ settleMs: SETTLE_MS });
    this.last = undefined;
  }

  /** Gives the fragment its times. It answers when its second picture is shown and how long its shortest one lasts. */
  private retime(fragment: QueuedFragment): { secondMs: number; shortestMs: number; catchesUp: boolean } {
    const { bytes, video, tracks, arrival, init } = fragment;
    const { clock, last } = this;
    const { timescale } = video.track;
    const offsetTicks = compositionOffset(bytes, video, Math.min(1, video.sampleCount - 1));
    // When a fragment arrives, the camera has seen the second picture behind it. That picture comes as long after the
    // fragment's end as its own second picture comes after its start.
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

  /** Sound keeps the camera's own times as long as the pictures do. */
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
 * Gives the latest picture that the camera had certainly seen by an arrival. For the arrival before, that is this
 * fragment's second picture. Without an arrival before, it is the second picture behind this fragment, which comes at
 * least one picture's length after its end.
 */
function seenPicture({ isParsed, secondMs, shortestMs, mediaEndMs, wallMs, before }: Seen): {
  mediaMs: number;
  atMs: number;
} {
  if (!isParsed) return { mediaMs: mediaEndMs, atMs: wallMs };
  return before ? { mediaMs: secondMs, atMs: before.wallMs } : { mediaMs: mediaEndMs + shortestMs, atMs: wallMs };
}
