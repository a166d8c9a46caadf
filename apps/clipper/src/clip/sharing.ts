/**
 * Says which requests by hand one clip answers. Windows are in ms, `[startMs, endMs)`. Nobody gets a clip that is much
 * longer than what he asked for, and nobody lacks a second of it. Requests that only touch have a clip each.
 * docs/workers/clipper.md, "Sharing".
 */
import type { ClipSpan } from '@vr/contracts';

/** A clip may be longer than the request by this part of it, or by this much where that is more. */
const LONGER_PART = 1 / 4;
const LONGER_MS = 2000;
/** A clip that grows no more may lack less than this of the request, and at most a part of it. */
const LACKS_BELOW_MS = 1000;
const LACKS_PART = 1 / 4;

export interface SharedClip {
  window: ClipSpan;
  /** Its window may become larger, because it is not being cut yet. */
  mayGrow: boolean;
  /** The windows that it is for. */
  requests: readonly ClipSpan[];
  /** Footage that it is known to lack. */
  gaps?: readonly ClipSpan[];
}

/**
 * The window of a clip that answers all its requests and this one, at most `longestMs` long; undefined where there is
 * none.
 */
export function sharedWindow(clip: SharedClip, wanted: ClipSpan, longestMs: number): ClipSpan | undefined {
  if (overlapMs(clip.window, wanted) <= 0) return undefined;
  if (!clip.mayGrow) return isAnswer(clip, wanted) ? clip.window : undefined;
  const window = {
    startMs: Math.min(clip.window.startMs, wanted.startMs),
    endMs: Math.max(clip.window.endMs, wanted.endMs),
  };
  const isRightForAll = [...clip.requests, wanted].every(
    (request) => lengthMs(window) <= lengthMs(request) + longerMs(lengthMs(request)),
  );
  return isRightForAll && lengthMs(window) <= longestMs ? window : undefined;
}

/** The ends of two requests that share a clip are at most this far apart. */
export function reachMs(wanted: ClipSpan): number {
  return LACKS_BELOW_MS + longerMs(lengthMs(wanted));
}

export function lengthMs({ startMs, endMs }: ClipSpan): number {
  return endMs - startMs;
}

function isAnswer({ window, gaps = [] }: SharedClip, wanted: ClipSpan): boolean {
  const missing = gaps.reduce(
    (sum, gap) => sum + overlapMs(within(gap, window), wanted),
    lengthMs(wanted) - overlapMs(window, wanted),
  );
  const isWhole = missing < LACKS_BELOW_MS && missing <= lengthMs(wanted) * LACKS_PART;
  return isWhole && lengthMs(window) <= lengthMs(wanted) + longerMs(lengthMs(wanted));
}

function longerMs(askedMs: number): number {
  return Math.max(askedMs * LONGER_PART, LONGER_MS);
}

/** The part of a span that lies within another. */
export function within(span: ClipSpan, all: ClipSpan): ClipSpan {
  return { startMs: Math.max(span.startMs, all.startMs), endMs: Math.min(span.endMs, all.endMs) };
}

function overlapMs(a: ClipSpan, b: ClipSpan): number {
  return Math.max(0, lengthMs(within(a, b)));
}
