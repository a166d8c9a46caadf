import { keepPreviousData, useQueries } from '@tanstack/react-query';
import type { Camera } from '../../api/client';
import { timeline } from '../../api/footage';
import type { Span } from '../../player/recorded-runs';
import type { Lane } from '../../timeline/layout';

const LOOK_MS = 10_000;
const MOST_MS = 31 * 86_400_000;

/**
 * What the timeline shows of each camera. It asks for thrice what is in sight, in whole steps of it: while a finger
 * drags, most moves are answered from what is there.
 */
export function useLanes(cameras: readonly Camera[], view: Span): Lane[] {
  const asked = around(view);
  return useQueries({
    queries: cameras.map(({ id }) => ({
      queryKey: ['timeline', id, asked.startMs, asked.endMs],
      queryFn: () => timeline(id, asked.startMs, asked.endMs),
      refetchInterval: LOOK_MS,
      placeholderData: keepPreviousData,
    })),
    combine: (answers) => answers.map(({ data }, index) => ({ name: cameras[index]?.name ?? '', timeline: data })),
  });
}

function around({ startMs, endMs }: Span): Span {
  const stepMs = 2 ** Math.ceil(Math.log2(endMs - startMs));
  const firstMs = Math.max(0, (Math.floor(startMs / stepMs) - 1) * stepMs);
  return { startMs: firstMs, endMs: Math.min(firstMs + 4 * stepMs, firstMs + MOST_MS) };
}
