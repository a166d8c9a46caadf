// Whether gaps.jsonl says of every hole in the footage what it should, and nothing of what is no hole.
import { SEAM_MS } from '@vr/footage';
import type { GapLine, WitnessedSegment } from './witness';
import { FRAME_MS } from './witness';

interface Hole {
  /** by the names of the files */
  startMs: number;
  endMs: number;
  /** between the last frame before and the first after, by the camera's own truth */
  truthMs: number;
}

/** A gap's length may differ from the truth by this much (issue 3, "gap length = truth ± 1.5 s"). */
const TOLERANCE_MS = 1500;

function holesIn(witnessed: readonly WitnessedSegment[]): Hole[] {
  return witnessed.slice(1).flatMap(({ segment, frames }, i) => {
    const before = witnessed[i];
    const startMs = before?.segment.endMs ?? Infinity;
    if (segment.startMs - startMs <= SEAM_MS) return [];
    return [
      {
        startMs,
        endMs: segment.startMs,
        truthMs: (frames[0]?.truthMs ?? NaN) - (before?.frames.at(-1)?.truthMs ?? NaN) - FRAME_MS,
      },
    ];
  });
}

export interface Ledger {
  holes: number;
  /** holes that no line tells of */
  untold: Hole[];
  /** told, but with another reason than the true one, or a length that is not true */
  wrong: string[];
  /** lines that tell of no hole, or of one that another line tells already */
  needless: GapLine[];
}

export function auditGaps(
  witnessed: readonly WitnessedSegment[],
  lines: readonly GapLine[],
  trueReason: string,
): Ledger {
  const left = new Set(lines);
  const ledger: Ledger = { holes: 0, untold: [], wrong: [], needless: [] };
  for (const hole of holesIn(witnessed)) {
    ledger.holes++;
    const overlapMs = (line: GapLine): number =>
      Math.min(line.endMs, hole.endMs) - Math.max(line.startMs, hole.startMs);
    const told = [...left].filter((line) => overlapMs(line) > 0).sort((a, b) => overlapMs(b) - overlapMs(a))[0];
    if (!told) {
      ledger.untold.push(hole);
      continue;
    }
    left.delete(told);
    const lengthMs = told.endMs - told.startMs;
    if (told.reason !== trueReason)
      ledger.wrong.push(
        `reason ${told.reason} of ${lengthMs.toFixed(0)} ms at ${new Date(told.startMs).toISOString()}`,
      );
    if (Math.abs(lengthMs - hole.truthMs) > TOLERANCE_MS)
      ledger.wrong.push(
        `${lengthMs.toFixed(0)} ms said of ${hole.truthMs} ms at ${new Date(told.startMs).toISOString()}`,
      );
  }
  ledger.needless = [...left];
  return ledger;
}
