/**
 * Jobs that BullMQ itself cannot read. BullMQ meets them as an error without an id, and they stay active for ever.
 * Whoever reaches Redis can make one. We take them out. What they stood for comes back from its record on disk.
 */
import { errorText, shownText } from '@vr/base';
import type { Redis } from 'ioredis';
import { z } from 'zod';

const SHOWN_ID = 60;
const MOST_REASON_CHARACTERS = 300;
const LISTS = ['active', 'wait', 'paused'];
const SORTED_SETS = ['delayed', 'prioritized', 'completed', 'failed', 'waiting-children'];
/** The queue uses these names itself, and a forged id may be one of them. */
const OWN_KEYS = new Set([
  ...LISTS,
  ...SORTED_SETS,
  'meta',
  'events',
  'marker',
  'stalled',
  'stalled-check',
  'id',
  'pc',
  'repeat',
  'limiter',
]);
/** Redis refused to count up in the middle of a script. The job then stands in no list any more. */
const COUNT_REFUSED = /not an integer|increment or decrement would overflow/;
const SCAN_COUNT = 1000;
/** The parts that lie beside a job's own key. */
const PARTS = ['', ':lock', ':logs', ':dependencies', ':processed', ':failed', ':unsuccessful'];

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `wanted JSON: ${errorText(error)}` });
    return z.NEVER;
  }
});
/** Redis counts these up itself. It refuses to where they are not numbers, or too large. */
const count = z
  .string()
  .regex(/^\d{1,9}$/, 'wanted a count')
  .optional();
const time = z
  .string()
  .regex(/^\d{1,16}(\.\d+)?$/, 'wanted a number')
  .optional();
const kept = z
  .union([
    z.boolean(),
    z.number(),
    z.looseObject({ age: z.number().optional(), count: z.number().optional(), limit: z.number().optional() }),
  ])
  .optional();
const options = z.looseObject({
  attempts: z.number().optional(),
  delay: z.number().optional(),
  removeOnComplete: kept,
  removeOnFail: kept,
});
/** The part of a job's hash that BullMQ 6 reads before anybody else sees it. */
const storedJob = z.looseObject({
  data: json.optional(),
  opts: json.pipe(options).optional(),
  progress: json.optional(),
  parent: json.optional(),
  ats: count,
  atm: count,
  attemptsMade: count,
  stc: count,
  delay: time,
  priority: time,
  timestamp: time,
});

type ErrorLogger = Record<'error', (entry: object, message: string) => void>;

export interface QueueKeys {
  name: string;
  /** The key of the queue's part, or job, of this name. */
  toKey: (part: string) => string;
}

/** Why BullMQ cannot read the job. It is undefined where BullMQ can, or where there is no such job. */
async function faultOfJob(redis: Redis, { toKey }: QueueKeys, id: string): Promise<string | undefined> {
  try {
    const { error } = storedJob.safeParse(await redis.hgetall(toKey(id)));
    const [issue] = error?.issues ?? [];
    return issue && shownText(`${issue.path.join('.')}: ${issue.message}`, MOST_REASON_CHARACTERS);
  } catch (error) {
    if (errorText(error).includes('WRONGTYPE')) return 'its key holds something else than a job';
    throw error;
  }
}

/** Removes everything of the job from the queue. */
async function takeOut(redis: Redis, { toKey }: QueueKeys, id: string): Promise<void> {
  const all = redis.multi();
  for (const list of LISTS) all.lrem(toKey(list), 0, id);
  for (const set of SORTED_SETS) all.zrem(toKey(set), id);
  all.srem(toKey('stalled'), id);
  if (!OWN_KEYS.has(id)) all.del(...PARTS.map((part) => toKey(id) + part));
  await all.exec();
}

/**
 * Takes out the jobs that may have caused a worker's error, and returns how many. It looks at the active jobs, or at
 * all jobs where the unreadable one has left those.
 */
export async function takeOutUnreadable(
  redis: Redis,
  queue: QueueKeys,
  error: Error,
  logger: ErrorLogger,
): Promise<number> {
  let taken = 0;
  const ids = COUNT_REFUSED.test(error.message)
    ? await allIds(redis, queue)
    : await redis.lrange(queue.toKey('active'), 0, -1);
  for (const id of ids) if (await takeOutWhereUnreadable(redis, queue, id, logger)) taken += 1;
  return taken;
}

async function allIds(redis: Redis, { toKey }: QueueKeys): Promise<string[]> {
  const prefix = toKey('');
  const ids: string[] = [];
  for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', SCAN_COUNT, 'TYPE', 'hash');
    cursor = next;
    for (const id of keys.map((key) => key.slice(prefix.length)))
      if (!id.includes(':') && !OWN_KEYS.has(id)) ids.push(id);
  }
  return ids;
}

export async function takeOutWhereUnreadable(
  redis: Redis,
  queue: QueueKeys,
  id: string,
  logger: ErrorLogger,
): Promise<boolean> {
  const reason = await faultOfJob(redis, queue, id);
  if (reason === undefined) return false;
  await takeOut(redis, queue, id);
  logger.error(
    { queue: queue.name, job: id.slice(0, SHOWN_ID), reason },
    'a job that cannot be read is taken out of the queue; a clip that it stood for comes back from its record',
  );
  return true;
}
