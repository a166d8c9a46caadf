import { errorText } from '@vr/base';
import type { Health } from '@vr/service';
import type { Redis } from 'ioredis';
import { forbiddenInScripts, isForbidden, refusedBy } from './permissions';

/** It lies below BullMQ's own prefix, so a user who may write jobs may write it. */
const PROBE_KEY = 'bull:video-recorder-health';
const MISSING_KEY = `${PROBE_KEY}:missing`;
const PROBE_MS = 10_000;
const LOADING = 'Redis loads its data from its disk and takes no job until it has';
/** The first word of the errors with which Redis refuses a write, and what each means. */
const REFUSALS: readonly [string, string][] = [
  ['OOM', 'Redis is out of memory (maxmemory) and takes no job: give it more, or see what fills it'],
  ['READONLY', 'this Redis is a read-only replica and takes no job: name the primary in REDIS_URL'],
  ['MISCONF', 'Redis cannot write its data to its disk and takes no job: see to its disk'],
  ['LOADING', LOADING],
];

/** The health of a Redis that is connected. Rejects where it does not answer. */
export async function redisHealth(redis: Redis, address: string): Promise<Health> {
  const info = await redis.info();
  if (/^loading:1/m.test(info)) return degraded(`${LOADING}, ${etaOf(info)}`);
  const refusal = await refusalOf(redis);
  if (refusal !== undefined) return degraded(refusal);
  const faults = faultsOf(info);
  if (faults.length > 0)
    return degraded(`${faults.join('; ')}. Unfinished clips stand on disk, and their jobs are put back from there`);
  const isKnown = /^maxmemory_policy:/m.test(info);
  return {
    state: 'up',
    sentence:
      `connected to ${address}` +
      (isKnown ? '' : '; its user may not ask INFO, so that nobody here knows whether it evicts or loses jobs'),
  };
}

/** How many keys Redis has thrown away since its start. It is undefined where the user may not ask. */
export function evictedKeys(info: string): number | undefined {
  const count = /^evicted_keys:(\d+)/m.exec(info)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** BullMQ silently loses jobs in a Redis that evicts keys. A Redis without AOF loses them when it restarts. */
function faultsOf(info: string): string[] {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  return [
    ...(policy !== undefined && policy !== 'noeviction'
      ? [`jobs may be evicted: maxmemory-policy is ${policy}, set it to noeviction`]
      : []),
    ...(/^aof_enabled:0/m.test(info) ? ['jobs are lost when Redis restarts: appendonly is no, set it to yes'] : []),
  ];
}

/** Why Redis takes no job now. It is undefined where Redis does. */
async function refusalOf(redis: Redis): Promise<string | undefined> {
  try {
    await redis.set(PROBE_KEY, '1', 'PX', PROBE_MS);
    return await forbiddenInScripts(redis, MISSING_KEY);
  } catch (error) {
    const said = errorText(error);
    if (isForbidden(error)) return refusedBy(said);
    const known = REFUSALS.find(([word]) => said.startsWith(word));
    if (known) return known[1];
    throw error;
  }
}

function etaOf(info: string): string {
  const seconds = /^loading_eta_seconds:(\d+)/m.exec(info)?.[1];
  return seconds === undefined ? 'soon' : `in about ${seconds} s`;
}

function degraded(sentence: string): Health {
  return { state: 'degraded', sentence };
}
