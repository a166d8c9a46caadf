/** An HLS media playlist of byte ranges straight onto the recorded files (RFC 8216). Nothing is copied or repackaged. */
import type { Fragment } from './segment-index';
import type { FootageRange, Piece } from './range';
import type { Segment } from './catalogue';

interface Part {
  offset: number;
  sizeBytes: number;
  durationMs: number;
  startMs: number;
}

/** `uriOf` gives the address at which a segment's bytes are served. */
export function hlsPlaylist(range: FootageRange, uriOf: (segment: Segment) => string): string {
  const pieces = range.pieces.map((piece) => ({ piece, parts: groupByKey(piece.fragments) }));
  const longestMs = Math.max(1000, ...pieces.flatMap(({ parts }) => parts.map((part) => part.durationMs)));
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${Math.ceil(longestMs / 1000)}`, '#EXT-X-PLAYLIST-TYPE:VOD', '#EXT-X-INDEPENDENT-SEGMENTS'];
  pieces.forEach(({ piece, parts }, i) => lines.push(...pieceLines(piece, parts, uriOf(piece.segment), i > 0)));
  return [...lines, '#EXT-X-ENDLIST', ''].join('\n');
}

function pieceLines(piece: Piece, parts: readonly Part[], uri: string, follows: boolean): string[] {
  // Each segment counts its media time from its own start: a new time line (4.3.2.3), even where no instant is missing.
  const lines = follows ? ['#EXT-X-DISCONTINUITY'] : [];
  lines.push(`#EXT-X-MAP:URI="${uri}",BYTERANGE="${piece.index.initSizeBytes}@0"`);
  for (const part of parts) {
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(part.startMs).toISOString()}`);
    lines.push(`#EXTINF:${(part.durationMs / 1000).toFixed(3)},`, `#EXT-X-BYTERANGE:${part.sizeBytes}@${part.offset}`, uri);
  }
  return lines;
}

/** A part per key frame, so that a player can begin at each. */
function groupByKey(fragments: readonly Fragment[]): Part[] {
  const parts: Part[] = [];
  for (const fragment of fragments) {
    const part = parts.at(-1);
    if (part && !fragment.key) {
      part.sizeBytes = fragment.offset + fragment.sizeBytes - part.offset;
      part.durationMs = fragment.endMs - part.startMs;
    } else {
      parts.push({ offset: fragment.offset, sizeBytes: fragment.sizeBytes, startMs: fragment.startMs, durationMs: fragment.endMs - fragment.startMs });
    }
  }
  return parts;
}
