/**
 * What is recorded of a camera, as the player sees it. Instants are in milliseconds since the epoch. Runs are sorted by
 * their start and do not overlap; between two of them nothing was recorded.
 */
export interface KeyFrame {
  atMs: number;
  /** Where its fragment begins in the file. */
  offsetBytes: number;
  /** Of its whole group: of all that follows up to the next key frame of the file. */
  sizeBytes: number;
}

export interface Run {
  file: string;
  startMs: number;
  endMs: number;
  /** Sorted. The first one stands at the run's start. */
  keys: readonly KeyFrame[];
}

/** A stretch of time; the end does not belong to it. */
export interface Span {
  startMs: number;
  endMs: number;
}

export interface Landing {
  atMs: number;
  /** What was passed over on the way, so that the page can say it. */
  skipped?: Span;
}

/**
 * The index of the last item that begins at or before an instant, else -1. A day has 86,400 key frames, so it halves.
 */
export function lastIndexAtOrBefore<T>(items: readonly T[], atMs: number, startOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && startOf(item) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function runAt<R extends Run>(runs: readonly R[], atMs: number): R | undefined {
  const run = runs[lastIndexAtOrBefore(runs, atMs, (each) => each.startMs)];
  return run !== undefined && atMs < run.endMs ? run : undefined;
}

/**
 * Where play goes on from an instant. Time is skipped only where none of the cameras has a picture. Seams of less than
 * a millisecond come from rounding and are none.
 * @returns nothing where no camera has anything from there on
 */
export function landingFrom(cameras: readonly (readonly Run[])[], atMs: number): Landing | undefined {
  let next: number | undefined;
  for (const runs of cameras) {
    const begun = lastIndexAtOrBefore(runs, atMs, (run) => run.startMs);
    if (runAt(runs, atMs)) return { atMs };
    const later = runs[begun + 1];
    if (later !== undefined && (next === undefined || later.startMs < next)) next = later.startMs;
  }
  if (next === undefined) return undefined;
  return next - atMs < 1 ? { atMs: next } : { atMs: next, skipped: { startMs: atMs, endMs: next } };
}
