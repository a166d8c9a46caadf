// What a Redis holds, as JSON that every version of Redis takes back. An older Redis does not read a newer one's dump.
import type { Redis } from 'ioredis';

export type RedisContent = Record<
  string,
  | { type: 'string'; value: string }
  | { type: 'hash'; value: Record<string, string> }
  | { type: 'list' | 'set'; value: string[] }
  | { type: 'zset'; value: [member: string, score: string][] }
>;

/**
 * Streams are left out: they are BullMQ's news, which nobody reads later. What expires is left out too: it is locks of
 * dead workers.
 */
export async function redisContent(redis: Redis): Promise<RedisContent> {
  const content: RedisContent = {};
  for (const key of (await redis.keys('*')).sort()) {
    const type = await redis.type(key);
    if ((await redis.pttl(key)) >= 0) continue;
    if (type === 'string') content[key] = { type, value: (await redis.get(key)) ?? '' };
    if (type === 'hash') content[key] = { type, value: await redis.hgetall(key) };
    if (type === 'list') content[key] = { type, value: await redis.lrange(key, 0, -1) };
    if (type === 'set') content[key] = { type, value: (await redis.smembers(key)).sort() };
    if (type === 'zset') {
      const flat = await redis.zrange(key, '0', '-1', 'WITHSCORES');
      const value = flat.flatMap((member, i): [string, string][] =>
        i % 2 === 0 ? [[member, flat[i + 1] ?? '0']] : [],
      );
      content[key] = { type, value };
    }
  }
  return content;
}

export async function fillRedis(redis: Redis, content: RedisContent): Promise<void> {
  for (const [key, { type, value }] of Object.entries(content)) {
    if (type === 'string') await redis.set(key, value);
    if (type === 'hash') await redis.hset(key, value);
    if (type === 'list') await redis.rpush(key, ...value);
    if (type === 'set') await redis.sadd(key, ...value);
    if (type === 'zset') for (const [member, score] of value) await redis.zadd(key, score, member);
  }
}
