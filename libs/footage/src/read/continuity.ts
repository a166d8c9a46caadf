/** The time line of one camera: what lies between its segments, and whether gaps.jsonl agrees. No I/O. */
import type { Gap } from '../files/gaps';
import { SEAM_MS } from '../files/names';

export interface SpanMs {
  startMs: number;
  endMs: number;
}

export interface Continuity<S extends SpanMs> {
  overlaps: { earlier: S; later: S; endMs: number }[];
  /** Between spans, with the written reasons. */
  explained: Gap[];
  /** Between spans, without a line that says why. */
  missing: SpanMs[];
  /** Lines that say "no footage" where there is footage. */
  contradicted: { gap: Gap; startMs: number; endMs: number }[];
}

/** After a clock was set back, the ends of the line and the starts of the segments come from different clocks. */
const CLOCK_STEP_MS = 5000;
/** Both the machine's clock and the camera's can set a time line back. */
export const SET_BACK: ReadonlySet<string> = new Set(['clock_step', 'stream_invalid']);

/**
 * Both lists must be sorted by start. A line that ends before it begins tells of a clock that was set back; it explains
 * an overlap.
 */
export function continuityOf<S extends SpanMs>(spans: readonly S[], lines: readonly Gap[]): Continuity<S> {
  const result: Continuity<S> = { overlaps: [], explained: [], missing: [], contradicted: [] };
  const forward = lines.filter((line) => line.endMs > line.startMs);
  const linesAt = overlapping(forward);
  let reaching: S | undefined;
  for (const span of spans) {
    if (reaching && span.startMs - reaching.endMs > SEAM_MS)
      fillHole({ startMs: reaching.endMs, endMs: span.startMs }, linesAt, lines, result);
    const twice = { startMs: span.startMs, endMs: Math.min(reaching?.endMs ?? -Infinity, span.endMs) };
    if (reaching && twice.endMs - twice.startMs > SEAM_MS && !isClockSetBack(twice, lines))
      result.overlaps.push({ earlier: reaching, later: span, endMs: twice.endMs });
    if (!reaching || span.endMs > reaching.endMs) reaching = span;
  }
  const spansAt = overlapping(spans);
  for (const gap of forward) {
    for (const span of spansAt(gap)) {
      const both = { startMs: Math.max(gap.startMs, span.startMs), endMs: Math.min(gap.endMs, span.endMs) };
      if (both.endMs - both.startMs > SEAM_MS) result.contradicted.push({ gap, ...both });
    }
  }
  return result;
}

function fillHole<S extends SpanMs>(
  hole: SpanMs,
  linesAt: (range: SpanMs) => Gap[],
  lines: readonly Gap[],
  result: Continuity<S>,
): void {
  let coveredMs = hole.startMs;
  const missing = (endMs: number): void => {
    if (endMs - coveredMs > SEAM_MS && !isClockSetBack({ startMs: coveredMs, endMs }, lines))
      result.missing.push({ startMs: coveredMs, endMs });
  };
  for (const line of linesAt(hole)) {
    missing(line.startMs);
    const startMs = Math.max(line.startMs, coveredMs);
    const endMs = Math.min(line.endMs, hole.endMs);
    if (endMs > startMs) result.explained.push({ startMs, endMs, reason: line.reason });
    coveredMs = Math.max(coveredMs, endMs);
  }
  missing(hole.endMs);
}

/**
 * Whether these instants lie between the end of a line and its later beginning. They passed twice, for the reason in
 * the line. The recording may have begun or ended in between.
 */
function isClockSetBack(twice: SpanMs, lines: readonly Gap[]): boolean {
  return lines.some(
    ({ reason, startMs, endMs }) =>
      SET_BACK.has(reason) &&
      endMs <= startMs &&
      twice.startMs > endMs - CLOCK_STEP_MS &&
      twice.endMs < startMs + CLOCK_STEP_MS,
  );
}

/** Answers "which of these overlap this range". Ask for ranges in the order of their start. `sorted`: by start. */
function overlapping<S extends SpanMs>(sorted: readonly S[]): (range: SpanMs) => S[] {
  let first = 0;
  return ({ startMs, endMs }) => {
    while ((sorted[first]?.endMs ?? Infinity) <= startMs) first++;
    const found: S[] = [];
    for (let i = first; i < sorted.length; i++) {
      const one = sorted[i];
      if (!one || one.startMs >= endMs) break;
      if (one.endMs > startMs) found.push(one);
    }
    return found;
  };
}
