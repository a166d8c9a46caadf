import { lastIndexAtOrBefore, runAt, type KeyFrame, type Run } from './recorded-runs';

/** Bytes of a file, as an HTTP Range names them: both ends belong to it. */
export interface ByteRange {
  file: string;
  firstByte: number;
  lastByte: number;
}

export interface KeyFrameOnShow {
  run: Run;
  key: KeyFrame;
}

/** The key frame whose group holds an instant. */
export function keyFrameFor(runs: readonly Run[], atMs: number): KeyFrameOnShow | undefined {
  const run = runAt(runs, atMs);
  const key = run?.keys[lastIndexAtOrBefore(run.keys, atMs, (each) => each.atMs)];
  return run !== undefined && key !== undefined ? { run, key } : undefined;
}

/** The whole group of pictures that begins with this key frame. */
export function groupBytes({ run, key }: KeyFrameOnShow): ByteRange {
  return { file: run.file, firstByte: key.offsetBytes, lastByte: key.offsetBytes + key.sizeBytes - 1 };
}

/** When the group that begins with this key frame is over. */
export function groupEndMs({ run, key }: KeyFrameOnShow): number {
  return run.keys[lastIndexAtOrBefore(run.keys, key.atMs, (each) => each.atMs) + 1]?.atMs ?? run.endMs;
}

/**
 * The next picture of fast play: above twice the speed browsers decode too slowly. A rate below zero goes back. Gaps
 * are passed over, because only key frames count.
 * @param picturesPerSecond how many pictures the eye is shown; what lies between them is left out
 */
export function nextKeyFrame(
  runs: readonly Run[],
  shown: KeyFrame,
  rate: number,
  picturesPerSecond: number,
): KeyFrameOnShow | undefined {
  const wantedMs = shown.atMs + (rate * 1000) / picturesPerSecond;
  return rate < 0 ? lastBefore(runs, Math.min(wantedMs, shown.atMs), shown) : firstFrom(runs, wantedMs, shown);
}

function firstFrom(runs: readonly Run[], atMs: number, shown: KeyFrame): KeyFrameOnShow | undefined {
  const from = Math.max(
    0,
    lastIndexAtOrBefore(runs, atMs, (run) => run.startMs),
  );
  for (let index = from; index < runs.length; index++) {
    const run = runs[index];
    if (run === undefined) return undefined;
    const before = lastIndexAtOrBefore(run.keys, atMs, (each) => each.atMs);
    const exact = run.keys[before];
    const key = exact?.atMs === atMs ? exact : run.keys[before + 1];
    if (key !== undefined && key.atMs > shown.atMs) return { run, key };
  }
  return undefined;
}

function lastBefore(runs: readonly Run[], atMs: number, shown: KeyFrame): KeyFrameOnShow | undefined {
  for (let index = lastIndexAtOrBefore(runs, atMs, (run) => run.startMs); index >= 0; index--) {
    const run = runs[index];
    if (run === undefined) return undefined;
    const last = lastIndexAtOrBefore(run.keys, atMs, (each) => each.atMs);
    const key = run.keys[last];
    if (key !== undefined && key.atMs < shown.atMs) return { run, key };
  }
  return undefined;
}
