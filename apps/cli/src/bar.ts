import { SEAM_MS, type SpanMs } from '@vr/footage';

const FULL = '█';
const MOST = '▓';
const SOME = '░';
const NONE = '·';

/**
 * The time line of [startMs, endMs) in `width` characters. A character that lacks any footage shows it, however short
 * the gap is.
 */
export function bar(spans: readonly SpanMs[], { startMs, endMs }: SpanMs, width: number): string {
  const cellMs = (endMs - startMs) / width;
  return Array.from({ length: width }, (_, i) => {
    const from = startMs + i * cellMs;
    return character(spans, { startMs: from, endMs: from + cellMs });
  }).join('');
}

function character(spans: readonly SpanMs[], { startMs, endMs }: SpanMs): string {
  let coveredMs = 0;
  let reachedMs = startMs;
  for (const span of spans) {
    if (span.startMs >= endMs) break;
    if (span.endMs <= reachedMs) continue;
    const from = span.startMs - reachedMs <= SEAM_MS ? reachedMs : span.startMs;
    const to = endMs - span.endMs <= SEAM_MS ? endMs : span.endMs;
    coveredMs += to - from;
    reachedMs = to;
    if (reachedMs >= endMs) break;
  }
  const part = coveredMs / (endMs - startMs);
  if (part > 0.999999) return FULL;
  if (part >= 0.5) return MOST;
  return part > 0 ? SOME : NONE;
}
