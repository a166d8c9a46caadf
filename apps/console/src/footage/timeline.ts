/** What footage a range holds, from names alone, so that a month costs no more than a listing. */
import type { Gap, Segment } from '@vr/footage';

export interface SpanMs {
  startMs: number;
  endMs: number;
}

/** Segments that follow each other within this are one span to a person. */
const SEAM_MS = 1000;

/** The spans of [startMs, endMs) that segments cover. `openEndMs` is how far the one being written reaches. */
export function spansOf(segments: readonly Segment[], { startMs, endMs }: SpanMs, openEndMs: number): SpanMs[] {
  const spans: SpanMs[] = [];
  for (const segment of segments) {
    const span = { startMs: Math.max(startMs, segment.startMs), endMs: Math.min(endMs, segment.endMs ?? openEndMs) };
    if (span.endMs <= span.startMs) continue;
    const last = spans.at(-1);
    if (last && span.startMs - last.endMs <= SEAM_MS) last.endMs = Math.max(last.endMs, span.endMs);
    else spans.push(span);
  }
  return spans;
}

/** What lies between the spans, each with the reason that was written down for most of it. */
export function gapsBetween(spans: readonly SpanMs[], { startMs, endMs }: SpanMs, written: readonly Gap[]): Gap[] {
  const gaps: Gap[] = [];
  let coveredMs = startMs;
  for (const span of [...spans, { startMs: endMs, endMs }]) {
    if (span.startMs - coveredMs > SEAM_MS) gaps.push({ startMs: coveredMs, endMs: span.startMs, reason: reasonOf(coveredMs, span.startMs, written) });
    coveredMs = Math.max(coveredMs, span.endMs);
  }
  return gaps;
}

function reasonOf(startMs: number, endMs: number, written: readonly Gap[]): Gap['reason'] {
  const overlapMs = (gap: Gap): number => Math.min(gap.endMs, endMs) - Math.max(gap.startMs, startMs);
  return written.filter((gap) => overlapMs(gap) > 0).sort((a, b) => overlapMs(b) - overlapMs(a))[0]?.reason ?? 'unknown';
}

/** The span before and the span after a moment, as far as there are any. */
export function nearestSpans(spans: readonly SpanMs[], { startMs, endMs }: SpanMs): SpanMs[] {
  return [spans.findLast((span) => span.endMs <= startMs), spans.find((span) => span.startMs >= endMs)].filter((span) => span !== undefined);
}
