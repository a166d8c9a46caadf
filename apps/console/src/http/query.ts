/** Reads queries by schema. Their values are text, and are read like the same fields of messages. */
import {
  ContractError,
  indexQuery,
  listQuery,
  livePlaylistQuery,
  payloadReader,
  rangeQuery,
  stillQuery,
  thumbQuery,
  timeLineQuery,
  type PayloadReader,
} from '@vr/contracts';

const LONGEST_RANGE_MS = 31 * 86_400_000;

export const readRangeQuery = payloadReader(rangeQuery, (read, message) => ({
  ...message.range(read),
  stream: read.stream,
}));

export const readIndexQuery = payloadReader(indexQuery, (read, message) => ({
  ...message.range(read),
  stream: read.stream,
  every: read.every,
}));

export const readStillQuery = payloadReader(stillQuery, ({ at, size, stream }, message) => ({
  stream,
  atMs: message.msIfThere(at),
  size,
}));

export const readThumbQuery = payloadReader(thumbQuery, ({ at, width, stream }, message) => ({
  stream,
  atMs: message.ms(at),
  size: width <= 160 ? ('thumb160' as const) : width <= 320 ? ('thumb320' as const) : ('small' as const),
}));

export const readLivePlaylistQuery = payloadReader(livePlaylistQuery, ({ stream, zero }) => ({ stream, zeroMs: zero }));

export const readTimeLineQuery = payloadReader(timeLineQuery, ({ zero }) => ({ zeroMs: zero }));

export interface ListQuery {
  limit: number;
  cameraId?: string;
  beforeMs?: number;
}

export const readListQuery: PayloadReader<ListQuery> = payloadReader(
  listQuery,
  ({ limit, camera, before }, message) => ({ limit, cameraId: camera, beforeMs: message.msIfThere(before) }),
);

export function checkLength(
  { startMs, endMs }: { startMs: number; endMs: number },
  longestMs = LONGEST_RANGE_MS,
): void {
  if (endMs - startMs <= longestMs) return;
  const hours = longestMs === 3_600_000 ? '1 hour' : `${longestMs / 3_600_000} hours`;
  throw new ContractError(
    'too_long',
    `wanted a range of at most ${hours} (${longestMs / 1000} s), got ${(endMs - startMs) / 1000} s`,
  );
}
