/** Writes the key frames of a range in the columns of `/index`. Leaves out some where there are too many. No I/O. */
import { toSeconds } from '@vr/base';
import type { FootageFile } from '@vr/contracts';
import type { KeyPiece } from '@vr/footage';
import { codecsOf } from '@vr/mp4';

/** Gzip leaves some 5 bytes of each. */
const MOST_KEYS = 12_000;
const STEPS_SECONDS = [0, 1, 2, 3, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

type Groups = KeyPiece['fragments'];

/** The least distance of key frames, in seconds, with which the answer does not become too long. */
export function usualDistance(pieces: readonly KeyPiece[]): number {
  const listed = (seconds: number): number =>
    pieces.reduce((sum, { fragments }) => sum + spaced(fragments, seconds * 1000).length, 0);
  return STEPS_SECONDS.find((seconds) => listed(seconds) <= MOST_KEYS) ?? 3600;
}

export function footageFile({ segment, index, fragments, endMs }: KeyPiece, everySeconds: number): FootageFile {
  const { init, initSizeBytes } = index;
  const { codec, width, height } = init.video;
  return {
    file: segment.fileName,
    start: toSeconds(segment.startMs),
    end: toSeconds(Math.round(endMs)),
    ...(segment.endMs === undefined && { open: true as const }),
    ...{ codec, codecs: codecsOf(init), width, height, init_bytes: initSizeBytes },
    keys: columns(spaced(fragments, everySeconds * 1000), segment.startMs),
  };
}

/** The groups that begin at least so long after the one before. The first one is always among them. */
function spaced(groups: Groups, distanceMs: number): Groups {
  let nextMs = -Infinity;
  return groups.filter(({ startMs }) => {
    if (startMs < nextMs) return false;
    nextMs = startMs + distanceMs;
    return true;
  });
}

/** Whole ms: the rounded instants are subtracted, so that no error adds up. */
function columns(groups: Groups, zeroMs: number): FootageFile['keys'] {
  const keys: FootageFile['keys'] = { at: [], skip: [], size: [] };
  let atMs = 0;
  let behind = 0;
  for (const { startMs, offset, sizeBytes } of groups) {
    const sinceZeroMs = Math.round(startMs - zeroMs);
    keys.at.push(sinceZeroMs - atMs);
    keys.skip.push(offset - behind);
    keys.size.push(sizeBytes);
    atMs = sinceZeroMs;
    behind = offset + sizeBytes;
  }
  return keys;
}
