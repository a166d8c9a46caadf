/** Tells from names alone what footage a range holds, so that a month costs no more than a listing. */
import { reasonOf, type Gap, type Segment } from '@vr/footage';

export interface SpanMs {
  startMs: number;
  endMs: number;
}

/** Segments that are no further apart than this are one span to a person. */
const JOINED_MS = 1000;

/** The spans of [startMs, endMs) that segments cover. `openEndMs`: the end of the segment that is being written. */
export function spansOf(segments: readonly Segment[], { startMs, endMs }: SpanMs, openEndMs: number): SpanMs[] {
  const spans: SpanMs[] = [];
  for (const segment of segments) {
    const span = { startMs: Math.max(startMs, segment.startMs), endMs: Math.min(endMs, segment.endMs ?? openEndMs) };
    if (span.endMs <= span.startMs) continue;
    const last = spans.at(-1);
    if (last && span.startMs - last.endMs <= JOINED_MS) last.endMs = Math.max(last.endMs, span.endMs);
    else spans.push(span);
  }
  return spans;
}

/** The gaps between the spans. Each has the reason that is known for most of it. */
export function gapsBetween(spans: readonly SpanMs[], { startMs, endMs }: SpanMs, known: readonly Gap[]): Gap[] {
  const gaps: Gap[] = [];
  let coveredMs = startMs;
  for (const span of [...spans, { startMs: endMs, endMs }]) {
    if (span.startMs - coveredMs > JOINED_MS)
      gaps.push({ startMs: coveredMs, endMs: span.startMs, reason: reasonOf(coveredMs, span.startMs, known) });
    coveredMs = Math.max(coveredMs, span.endMs);
  }
  return gaps;
}

/** The span before and the span after a moment, where there are any. */
export function nearestSpans(spans: readonly SpanMs[], { startMs, endMs }: SpanMs): SpanMs[] {
  return [spans.findLast((span) => span.endMs <= startMs), spans.find((span) => span.startMs >= endMs)].filter(
    (span) => span !== undefined,
  );
}
