/** The time line of one camera: what lies between its segments, and whether gaps.jsonl says the same. No I/O. */
import type { Gap } from '../files/gaps';
import { SEAM_MS } from '../files/names';

export interface SpanMs {
  startMs: number;
  endMs: number;
}

export interface Continuity<S extends SpanMs> {
  overlaps: { earlier: S; later: S; endMs: number }[];
  /** Between spans, with the reasons that are written. */
  explained: Gap[];
  /** Between spans, with no line that says why. */
  missing: SpanMs[];
  /** Lines that say "no footage" where there is some. */
  contradicted: { gap: Gap; startMs: number; endMs: number }[];
}

/** Where the clock was set back, the line's ends and the segments' starts come from different clocks. */
const CLOCK_STEP_MS = 5000;
/** What sets a time line back: the machine's clock, or the camera's. */
export const SET_BACK: ReadonlySet<string> = new Set(['clock_step', 'stream_invalid']);

/**
 * Both sorted by start. Lines that end before they begin tell of a clock that was set back: they explain an overlap.
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
 * Instants between a line's end and its beginning behind it: they passed twice, for the reason that the line says, and
 * recording may have begun or ended there in between.
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

/** Answers "which of these overlap this range" for ranges asked in order of their start. `sorted` by start. */
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
