/**
 * What a picture's buffer wants next. It counts in whole groups of pictures, because a browser that is given half a
 * group shows nothing of it.
 */
import { groupBytes, groupEndMs, keyFrameFor, type ByteRange } from './key-frames';
import { landingFrom, type Run, type Span } from './recorded-runs';

/** Enough to bridge a slow moment of the network, and little enough that a jump throws little away. */
const AHEAD_MS = 10_000;
/** For a step back, and for a second look. */
const BEHIND_MS = 15_000;

/** Browsers give back rounded ends: what lies closer than this is joined. */
const JOINED_MS = 50;

export interface GroupToFetch {
  bytes: ByteRange;
  startMs: number;
  endMs: number;
}

/**
 * The first group that is missing between the playhead and `aheadMs` after it; media time, so a gap costs nothing.
 * @param buffered what the browser holds, sorted
 */
export function nextGroup(
  runs: readonly Run[],
  buffered: readonly Span[],
  playheadMs: number,
  aheadMs = AHEAD_MS,
): GroupToFetch | undefined {
  let atMs = playheadMs;
  let leftMs = aheadMs;
  while (leftMs > 0) {
    const landing = landingFrom([runs], atMs);
    const found = landing && keyFrameFor(runs, landing.atMs);
    if (landing === undefined || found === undefined) return undefined;
    const endMs = groupEndMs(found);
    const startMs = found.key.atMs;
    if (!holds(buffered, landing.atMs, endMs)) return { bytes: groupBytes(found), startMs, endMs };
    leftMs -= endMs - landing.atMs;
    atMs = endMs;
  }
  return undefined;
}

/** What may go while all is well: what lies too far behind the playhead, and what a jump left far ahead of it. */
export function stale(buffered: readonly Span[], playheadMs: number): Span[] {
  const keptFromMs = playheadMs - BEHIND_MS;
  const keptToMs = playheadMs + 3 * AHEAD_MS;
  return buffered.flatMap(({ startMs, endMs }) => [
    ...(startMs < keptFromMs ? [{ startMs, endMs: Math.min(endMs, keptFromMs) }] : []),
    ...(endMs > keptToMs ? [{ startMs: Math.max(startMs, keptToMs), endMs }] : []),
  ]);
}

/**
 * What goes when the browser says that its buffer is full (QuotaExceededError): the half of what lies behind that is
 * farther away; where that is nothing, all that lies ahead of the group on show. Nothing at all means that one group is
 * larger than the browser's buffer, and the player takes a smaller stream.
 */
export function evictWhenFull(buffered: readonly Span[], group: Span): Span | undefined {
  const first = buffered[0];
  const last = buffered[buffered.length - 1];
  if (first === undefined || last === undefined) return undefined;
  if (first.startMs < group.startMs - JOINED_MS)
    return { startMs: first.startMs, endMs: halfWay(first.startMs, group.startMs) };
  return last.endMs > group.endMs + JOINED_MS ? { startMs: group.endMs, endMs: last.endMs } : undefined;
}

/** Less than two seconds go at once: else each append would evict a little again. */
function halfWay(fromMs: number, toMs: number): number {
  return toMs - fromMs < 2000 ? toMs : (fromMs + toMs) / 2;
}

function holds(buffered: readonly Span[], startMs: number, endMs: number): boolean {
  let atMs = startMs;
  for (const span of buffered)
    if (span.startMs <= atMs + JOINED_MS && span.endMs > atMs) {
      atMs = span.endMs;
      if (atMs >= endMs - JOINED_MS) return true;
    }
  return false;
}
