/**
 * An HLS media playlist (RFC 8216) of byte ranges in the recorded files. Nothing is copied or repackaged. The server of
 * a file must move its media time (`shiftedBytes`). Then the whole playlist has one time line, that of the wall clock.
 */
import { largestOf } from '@vr/base';
import type { Segment } from '../files/catalogue';
import { SEAM_MS } from '../files/names';
import type { InitSegment } from '@vr/mp4';
import type { Fragment } from './segment-index';

/** Of a range, by fragments or by whole groups of pictures. */
export interface PlaylistPiece {
  segment: Segment;
  index: { init: InitSegment; initSizeBytes: number };
  fragments: readonly Fragment[];
  startMs: number;
  endMs: number;
}

interface Part {
  offset: number;
  sizeBytes: number;
  durationMs: number;
  /** When its first picture is shown. Players read the date as that instant, not as the one of decoding. */
  shownFromMs: number;
}

/** Sound may begin a little before the first picture, and media time is never negative. */
const LEAD_MS = 1000;

/** `uriOf` gives the address of a segment's bytes. Their media time counts from `zeroMs` (epoch, whole ms). */
export function hlsPlaylist(
  range: readonly PlaylistPiece[],
  uriOf: (segment: Segment, zeroMs: number) => string,
): string {
  const zeroMs = Math.floor(range[0]?.startMs ?? 0) - LEAD_MS;
  const pieces = range.map((piece, i) => ({ piece, parts: groupByKey(piece, range[i + 1]) }));
  const longestMs = largestOf([1000, ...pieces.flatMap(({ parts }) => parts.map((part) => part.durationMs))]);
  const heads = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(longestMs / 1000)}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  const lines = pieces.flatMap(({ piece, parts }, i) =>
    pieceLines(piece, parts, uriOf(piece.segment, zeroMs), range[i - 1]),
  );
  return [...heads, ...lines, '#EXT-X-ENDLIST', ''].join('\n');
}

function pieceLines(
  piece: PlaylistPiece,
  parts: readonly Part[],
  uri: string,
  before: PlaylistPiece | undefined,
): string[] {
  const lines = before && !(abuts(before, piece) && sameSetUp(before, piece)) ? ['#EXT-X-DISCONTINUITY'] : [];
  // A map holds until the next one. A player may empty its decoder when it gets another, so it is not repeated.
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

function abuts(piece: PlaylistPiece, next: PlaylistPiece): boolean {
  return Math.abs(next.startMs - piece.endMs) <= SEAM_MS;
}

function sameSetUp(piece: PlaylistPiece, next: PlaylistPiece): boolean {
  return piece.index.init.setUp.equals(next.index.init.setUp);
}

/**
 * One part for each key frame, so that a player can begin at each. A part lasts until the next begins. The last part
 * before a hole ends with its own footage.
 */
function groupByKey(piece: PlaylistPiece, next: PlaylistPiece | undefined): Part[] {
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
