/**
 * An HLS media playlist of byte ranges straight onto the recorded files (RFC 8216). Nothing is copied or repackaged;
 * but whoever serves a file moves its media time (`shiftedBytes`), so that all of the playlist has one time line: that
 * of the wall clock.
 */
import { largestOf } from '@vr/base';
import type { Segment } from '../files/catalogue';
import { SEAM_MS } from '../files/names';
import type { FootageRange, Piece } from './range';
import type { Fragment } from './segment-index';

interface Part {
  offset: number;
  sizeBytes: number;
  durationMs: number;
  /** When its first picture is shown. Players take the date for that instant, not for the one of its decoding. */
  shownFromMs: number;
}

/** Sound may begin a little before the first picture, and media time is never negative. */
const LEAD_MS = 1000;

/**
 * `uriOf` gives the address at which a segment's bytes are served, its media time counted from `zeroMs` (epoch, whole
 * ms).
 */
export function hlsPlaylist(range: FootageRange, uriOf: (segment: Segment, zeroMs: number) => string): string {
  const zeroMs = Math.floor(range.pieces[0]?.startMs ?? 0) - LEAD_MS;
  const pieces = range.pieces.map((piece, i) => ({ piece, parts: groupByKey(piece, range.pieces[i + 1]) }));
  const longestMs = largestOf([1000, ...pieces.flatMap(({ parts }) => parts.map((part) => part.durationMs))]);
  const heads = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(longestMs / 1000)}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  const lines = pieces.flatMap(({ piece, parts }, i) =>
    pieceLines(piece, parts, uriOf(piece.segment, zeroMs), range.pieces[i - 1]),
  );
  return [...heads, ...lines, '#EXT-X-ENDLIST', ''].join('\n');
}

function pieceLines(piece: Piece, parts: readonly Part[], uri: string, before: Piece | undefined): string[] {
  const lines = before && !(abuts(before, piece) && sameSetUp(before, piece)) ? ['#EXT-X-DISCONTINUITY'] : [];
  // It holds until the next one. A player that gets another may empty its decoder.
  if (!before || !sameSetUp(before, piece))
    lines.push(`#EXT-X-MAP:URI="${uri}",BYTERANGE="${piece.index.initSizeBytes}@0"`);
  for (const part of parts) {
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(part.shownFromMs).toISOString()}`);
    lines.push(
      `#EXTINF:${(part.durationMs / 1000).toFixed(3)},`,
      `#EXT-X-BYTERANGE:${part.sizeBytes}@${part.offset}`,
      uri,
    );
  }
  return lines;
}

function abuts(piece: Piece, next: Piece): boolean {
  return Math.abs(next.startMs - piece.endMs) <= SEAM_MS;
}

function sameSetUp(piece: Piece, next: Piece): boolean {
  return piece.index.init.setUp.equals(next.index.init.setUp);
}

/** A part per key frame, so that a player can begin at each. Each lasts until the next begins, but before a hole. */
function groupByKey(piece: Piece, next: Piece | undefined): Part[] {
  const groups: Fragment[][] = [];
  for (const fragment of piece.fragments) {
    const group = groups.at(-1);
    if (group && !fragment.key) group.push(fragment);
    else groups.push([fragment]);
  }
  const endMs = next && abuts(piece, next) ? next.startMs : piece.endMs;
  return groups.flatMap((group, i) => {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) return [];
    const durationMs = (groups[i + 1]?.[0]?.startMs ?? endMs) - first.startMs;
    const sizeBytes = last.offset + last.sizeBytes - first.offset;
    return { offset: first.offset, sizeBytes, shownFromMs: first.startMs + first.reorderMs, durationMs };
  });
}
