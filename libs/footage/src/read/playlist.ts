/**
 * An HLS media playlist (RFC 8216) of byte ranges in the recorded files. Nothing is copied or repackaged. The server of
 * a file must move its media time (`shiftedBytes`). Then the whole playlist has one time line, that of the wall clock.
 */
import { haveOneSetUp } from '@vr/mp4';
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
  /** When its first picture is decoded. */
  startMs: number;
  durationMs: number;
  /** When its first picture is shown. Players read the date as that instant, not as the one of decoding. */
  shownFromMs: number;
}

/** Sound may begin a little before the first picture, and media time is never negative. */
const LEAD_MS = 1000;
/** A player begins three parts before the end, and may come late. */
const LIVE_WINDOW_MS = 24_000;

/** `uriOf` gives the address of a segment's bytes. Their media time counts from `zeroMs` (epoch, whole ms). */
export function hlsPlaylist(
  range: readonly PlaylistPiece[],
  uriOf: (segment: Segment, zeroMs: number) => string,
): string {
  const zeroMs = Math.floor(range[0]?.startMs ?? 0) - LEAD_MS;
  const entries = entriesOf(range, zeroMs, uriOf);
  const heads = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${targetSeconds(entries)}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  return [...heads, ...linesOf(entries), '#EXT-X-ENDLIST', ''].join('\n');
}

/**
 * What was recorded since `zeroMs`, for a player that comes again and again: each time it lists what is newest, and how
 * much came before that. The group that is still being written is left out, because its length would change. Undefined
 * where nothing can be listed.
 */
export function liveHlsPlaylist(
  pieces: readonly PlaylistPiece[],
  zeroMs: number,
  uriOf: (segment: Segment, zeroMs: number) => string,
): string | undefined {
  const all = entriesOf(pieces, zeroMs - LEAD_MS, uriOf).filter(({ part }) => part.startMs >= zeroMs);
  const whole = pieces.at(-1)?.segment.endMs === undefined ? all.slice(0, -1) : all;
  const fromMs = (whole.at(-1)?.part.startMs ?? 0) - LIVE_WINDOW_MS;
  const first = whole.findIndex(({ part }) => part.startMs >= fromMs);
  if (first < 0) return undefined;
  const heads = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${targetSeconds(whole)}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${whole.slice(0, first).filter(({ isBreak }) => isBreak).length}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  return [...heads, ...linesOf(whole.slice(first)), ''].join('\n');
}

/** A part as a playlist lists it. */
interface Entry {
  part: Part;
  uri: string;
  map: string;
  /** The footage before it does not go on here, or was made by another set-up. */
  isBreak: boolean;
}

function entriesOf(
  range: readonly PlaylistPiece[],
  zeroMs: number,
  uriOf: (segment: Segment, zeroMs: number) => string,
): Entry[] {
  const entries: Entry[] = [];
  let map = '';
  for (const [i, piece] of range.entries()) {
    const before = range[i - 1];
    const uri = uriOf(piece.segment, zeroMs);
    const hasOneSetUp = before !== undefined && haveOneSetUp(before.index.init, piece.index.init);
    if (!hasOneSetUp) map = `#EXT-X-MAP:URI="${uri}",BYTERANGE="${piece.index.initSizeBytes}@0"`;
    const isSame = before && hasOneSetUp && abuts(before, piece);
    for (const [n, part] of groupByKey(piece, range[i + 1]).entries())
      entries.push({ part, uri, map, isBreak: n === 0 && before !== undefined && !isSame });
  }
  return entries;
}

function targetSeconds(entries: readonly Entry[]): number {
  return Math.ceil(largestOf([1000, ...entries.map(({ part }) => part.durationMs)]) / 1000);
}

function linesOf(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ part, uri, map, isBreak }, i) => [
    ...(isBreak ? ['#EXT-X-DISCONTINUITY'] : []),
    // A map holds until the next one. A player may empty its decoder when it gets another, so it is not repeated.
    ...(map === entries[i - 1]?.map ? [] : [map]),
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(part.shownFromMs).toISOString()}`,
    `#EXTINF:${(part.durationMs / 1000).toFixed(3)},`,
    `#EXT-X-BYTERANGE:${part.sizeBytes}@${part.offset}`,
    uri,
  ]);
}

function abuts(piece: PlaylistPiece, next: PlaylistPiece): boolean {
  return Math.abs(next.startMs - piece.endMs) <= SEAM_MS;
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
    const { offset, startMs, reorderMs } = first;
    return { offset, sizeBytes, startMs, shownFromMs: startMs + reorderMs, durationMs };
  });
}
