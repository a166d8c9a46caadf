// Everything that the clipper needs, and the clipper itself, is killed at random while events come. This is the short
// form; `npm run proof -- chaos` is the long one.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { clipReady, EVENT_STREAM, SUBJECTS, type ClipReady } from '@vr/contracts';
import { OBJECT_STORE, ObjectsModule, type ObjectStore } from '@vr/objects';
import { createLogger, readEnvironment, ServiceModule, settings, Shutdown } from '@vr/service';
import { runToEnd, until } from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

const EVENTS = Number(process.env['CHAOS_EVENTS'] ?? 30);
const KILLS = Number(process.env['CHAOS_KILLS'] ?? 5);
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
const SETTLE_MS = 60_000 + KILLS * 3000;
const CAMERAS = [1, 2, 3];
/** What the world was told, kept where a kill cannot take it. */
const TOLD = 'TOLD';

/** mulberry32: the same seed gives the same order of events and kills. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('clips while everything dies', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({
      apps: ['recorder', 'clipper'],
      cameras: CAMERAS,
      environment: { SEGMENT_SECONDS: '10', CLIP_PRE_SECONDS: '3', CLIP_POST_SECONDS: '2' },
    });
    const manager = await jetstreamManager(stack.detector);
    await manager.streams.add({ name: TOLD, subjects: ['seguranca.record.clip.>'] });
    await Promise.all(CAMERAS.map((camera) => recorded(stack, `cam_${camera}`, 6000)));
  }, 180_000);
  afterAll(() => stack.stop());

  /**
   * Publishes until the stream has the event. The stream acknowledges nothing, and what NATS took just before a kill
   * may be lost. An event that is sent twice is one event.
   */
  async function publishSurely(subject: string, payload: unknown): Promise<void> {
    const attempt = async (): Promise<true> => {
      const manager = await jetstreamManager(stack.detector, { timeout: 1000 });
      const taken = async (): Promise<number> => (await manager.streams.info(EVENT_STREAM.name)).state.last_seq;
      const before = await taken();
      stack.detector.publish(subject, JSON.stringify(payload));
      return until(async () => (await taken()) > before, {
        what: 'one event more in the stream',
        deadlineMs: 1000,
      }).then(() => true);
    };
    await until(attempt, { what: `the stream to take ${subject}`, deadlineMs: 60_000 });
  }

  async function sendEvents(random: () => number, everyMs: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < EVENTS; n++) {
      const id = `chaos-${n}`;
      const timestamp = (Date.now() - random() * 2000) / 1000;
      const event = {
        camera_id: `cam_${1 + Math.floor(random() * CAMERAS.length)}`,
        timestamp,
        event_id: id,
        pre_seconds: 1 + random() * 3,
        post_seconds: 1 + random() * 3,
      };
      await publishSurely('seguranca.event.person', event);
      ids.push(id);
      await wait(everyMs * random() * 2); // the pace of the events
    }
    return ids;
  }

  async function killThings(random: () => number): Promise<string[]> {
    const done: string[] = [];
    const targets: Record<string, () => Promise<unknown>> = {
      clipper: async () => {
        await stack.workers.get('clipper')?.kill();
        await wait(random() * 500); // how long it is down
        await stack.restart('clipper');
      },
      redis: () => outage(stack.redis),
      'redis, losing its data': async () => {
        await runToEnd('redis-cli', ['-p', `${stack.redis.port}`, 'flushall']);
        await outage(stack.redis);
      },
      nats: () => outage(stack.nats),
      store: () => outage(stack.objects),
    };
    const outage = async (server: { kill(): Promise<void>; restart(): Promise<void> }): Promise<void> => {
      await server.kill();
      await wait(random() * 1500); // how long it is down
      await server.restart();
    };
    let round: string[] = [];
    for (let n = 0; n < KILLS; n++) {
      await wait(500 + random() * 2500); // the pace of the kills
      // Each kind of kill comes once in every round, in a random order. So a short run meets all of them.
      if (round.length === 0) round = Object.keys(targets);
      const [name = 'clipper'] = round.splice(Math.floor(random() * round.length), 1);
      await targets[name]?.();
      done.push(name);
    }
    return done;
  }

  async function told(): Promise<{ ready: ClipReady[]; failed: unknown[] }> {
    const consumer = await jetstream(stack.detector).consumers.get(TOLD);
    const messages = await consumer.fetch({ max_messages: 100_000, expires: 1500 });
    const heard: { ready: ClipReady[]; failed: unknown[] } = { ready: [], failed: [] };
    for await (const message of messages) {
      if (message.subject === SUBJECTS.clipReady) heard.ready.push(clipReady.parse(message.json()));
      else heard.failed.push(message.json());
      if (message.info.pending === 0) break;
    }
    return heard;
  }

  async function objects(): Promise<string[]> {
    const { endpoint, accessKey, secretKey, region } = stack.objects;
    const config = readEnvironment(settings.objects, {
      MINIO_ENDPOINT: endpoint,
      MINIO_ACCESS_KEY: accessKey,
      MINIO_SECRET_KEY: secretKey,
      MINIO_REGION: region,
    });
    const logger = createLogger('chaos', 'silent');
    @Module({
      imports: [ServiceModule.forRoot({ config, logger, shutdown: new Shutdown(logger) }), ObjectsModule.forRoot()],
    })
    class StoreModule {}
    const app = await NestFactory.createApplicationContext(StoreModule, { logger: false });
    const keys: string[] = [];
    for await (const { key } of app.get<ObjectStore>(OBJECT_STORE).list('clips', '')) keys.push(key);
    await app.close();
    return keys.sort();
  }

  it(
    `loses none of ${EVENTS} events over ${KILLS} kills (seed ${SEED})`,
    async () => {
      const everyMs = Math.max(100, (KILLS * 3500) / EVENTS);
      const [ids, kills] = await Promise.all([sendEvents(seeded(SEED), everyMs), killThings(seeded(SEED + 1))]);
      const inStream = await (await jetstreamManager(stack.detector)).streams.info(EVENT_STREAM.name);
      expect(inStream.state.messages).toBeGreaterThanOrEqual(EVENTS);

      const ready = await until(
        async () => {
          const heard = (await told()).ready;
          return new Set(heard.map(({ event_id }) => event_id)).size === EVENTS && heard;
        },
        { what: `clip.ready of ${EVENTS} events after ${kills.join(', ')}`, deadlineMs: SETTLE_MS },
      );

      const byEvent = new Map(ids.map((id) => [id, ready.filter(({ event_id }) => event_id === id)]));
      const wrong: string[] = [];
      for (const [id, messages] of byEvent) {
        const [message] = messages;
        if (!message) continue;
        if (new Set(messages.map(({ key, sha256 }) => `${key} ${sha256}`)).size !== 1)
          wrong.push(`${id}: several objects`);
        if (messages.some(({ partial }) => partial)) wrong.push(`${id}: partial, gaps ${JSON.stringify(message.gaps)}`);
        const bytes = Buffer.from(await (await fetch(message.url)).arrayBuffer());
        if (createHash('sha256').update(bytes).digest('hex') !== message.sha256)
          wrong.push(`${id}: the object is not what was announced`);
      }
      expect(wrong).toEqual([]);
      expect((await told()).failed).toEqual([]);
      const keys = new Set(ready.map(({ key }) => key));
      expect(keys.size).toBe(EVENTS);
      expect(await objects()).toEqual([...keys].flatMap((key) => [key.replace(/mp4$/, 'jpg'), key]).sort());
      process.stdout.write(
        `${EVENTS} events, ${kills.length} kills (${kills.join(', ')}): ` +
          `${ready.length} clip.ready, ${keys.size} clips, all whole\n`,
      );
    },
    SETTLE_MS + KILLS * 10_000 + 60_000,
  );
});
