/** What comes in a query, by schema. Query values are text: numbers are read as the contract's timestamps would be. */
import { cameraId, ContractError, timestampMs } from '@vr/contracts';
import { z } from 'zod';

const LONGEST_RANGE_MS = 31 * 86_400_000;
const MOST_ENTRIES = 200;

export const queryInstant = z.preprocess((value) => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value), timestampMs);

export const rangeQuery = z
  .object({ start: queryInstant, end: queryInstant })
  .refine(({ start, end }) => end > start, { path: ['end'], message: 'wanted an end after the start' })
  .transform(({ start, end }) => ({ startMs: start, endMs: end }));

export const listQuery = z
  .object({
    limit: z.coerce.number({ error: 'wanted a number' }).int('wanted a whole number').min(1, 'wanted 1 to 200').max(MOST_ENTRIES, 'wanted 1 to 200').default(20),
    camera: cameraId.optional(),
    before: queryInstant.optional(),
  })
  .transform(({ limit, camera, before }) => ({ limit, cameraId: camera, beforeMs: before }));
export type ListQuery = z.output<typeof listQuery>;

export function checkLength({ startMs, endMs }: { startMs: number; endMs: number }, longestMs = LONGEST_RANGE_MS): void {
  if (endMs - startMs <= longestMs) return;
  throw new ContractError('too_long', `wanted a range of at most ${longestMs / 3_600_000} hours, got ${Math.round((endMs - startMs) / 3_600_000)}`);
}
