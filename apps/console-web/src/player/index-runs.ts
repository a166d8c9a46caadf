/** Reads the answer of `/api/cameras/ID/index` as runs: the deltas of its columns become instants and places. */
import type { FootageIndex } from '../api/footage';
import { lastIndexAtOrBefore, type KeyFrame, type Run } from './recorded-runs';

/** A run, with what a source buffer has to know of it. */
export interface PlayableRun extends Run {
  /** Zero of the file's media time. */
  zeroMs: number;
  initBytes: number;
  codecs: string;
  widthPixels: number;
}

export function runsOf({ files }: Pick<FootageIndex, 'files'>): PlayableRun[] {
  return files.flatMap((of) => {
    const zeroMs = of.start * 1000;
    const keys: KeyFrame[] = [];
    let atMs = zeroMs;
    let endBytes = 0;
    of.keys.at.forEach((afterMs, index) => {
      atMs += afterMs;
      const offsetBytes = endBytes + (of.keys.skip[index] ?? 0);
      const sizeBytes = of.keys.size[index] ?? 0;
      endBytes = offsetBytes + sizeBytes;
      keys.push({ atMs, offsetBytes, sizeBytes });
    });
    const first = keys[0];
    if (first === undefined) return [];
    const known = { initBytes: of.init_bytes, codecs: of.codecs, widthPixels: of.width };
    return [{ file: of.file, startMs: first.atMs, endMs: of.end * 1000, keys, zeroMs, ...known }];
  });
}

/** What is missing around an instant. The ends are open where the runs do not know them. */
export function gapAround(runs: readonly Run[], atMs: number): { startMs?: number; endMs?: number } {
  const before = lastIndexAtOrBefore(runs, atMs, (run) => run.startMs);
  return { startMs: runs[before]?.endMs, endMs: runs[before + 1]?.startMs };
}
