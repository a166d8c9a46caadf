// Every event gets its snapshot although snapshotter and store are killed. This is the short form; `npm run proof --
// snapshots` is the long one.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { snapshotReady, type SnapshotReady } from '@vr/contracts';
import { until } from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

const EVENTS = Number(process.env['OUTBOX_EVENTS'] ?? 16);
const KILLS = Number(process.env['OUTBOX_KILLS'] ?? 4);
const SEED = Number(process.env['OUTBOX_SEED'] ?? 1);

/** Mulberry32: numbers in [0, 1), the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('snapshots of events', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ apps: ['recorder', 'snapshotter'], cameras: [1, 2] });
    await Promise.all([1, 2].map((n) => recorded(stack, `cam_${n}`, 3000)));
  }, 120_000);
  afterAll(() => stack.stop());

  const readies = (): SnapshotReady[] =>
    stack.heard('seguranca.record.snapshot.ready').map((message) => snapshotReady.parse(message));
  const killSnapshotter = async (): Promise<void> => {
    await stack.workers.get('snapshotter')?.kill();
    await stack.restart('snapshotter');
  };

  it(
    `come all, one object each, although snapshotter and store are killed ${KILLS} times (seed ${SEED})`,
    async () => {
      const random = randomFrom(SEED);
      const killAt = new Set(Array.from({ length: KILLS }, (_, n) => Math.floor(((n + random()) * EVENTS) / KILLS)));
      const sent = new Map<string, number>();
      let storeIsDown = false;
      let kills = 0;
      for (let n = 0; n < EVENTS; n++) {
        const atMs = Date.now();
        const camera = `cam_${1 + (n % 2)}`;
        sent.set(`e-${n}`, atMs);
        const event = JSON.stringify({ camera_id: camera, timestamp: atMs / 1000, event_id: `e-${n}` });
        for (let times = 0; times < 2; times++) stack.detector.publish('seguranca.event.person', event);
        await stack.detector.flush();
        if (!killAt.has(n)) continue;
        kills += 1;
        // The kill comes anywhere between the claim and the announcement. The random moment is the point.
        await wait(random() * 1500);
        if (random() < 0.5) {
          await stack.objects.kill();
          storeIsDown = true;
        }
        await killSnapshotter();
        if (storeIsDown && random() < 0.5) {
          await stack.objects.restart();
          storeIsDown = false;
        }
      }
      // Once for sure a process takes a picture while the store is away, and is then killed.
      await stack.objects.kill();
      const atMs = Date.now();
      sent.set('store-away', atMs);
      stack.detector.publish(
        'seguranca.event.fire',
        JSON.stringify({ camera_id: 'cam_1', timestamp: atMs / 1000, event_id: 'store-away' }),
      );
      await until(async () => (await readdir(join(stack.folder, 'snapshots/.outbox'))).length > 0, {
        what: 'a claim on disk',
        deadlineMs: 10_000,
      });
      const reply = await stack.detector.request(
        'seguranca.record.snapshot',
        JSON.stringify({ camera_id: 'cam_2', request_id: 'store-away' }),
        { timeout: 60_000 },
      );
      expect(reply.json()).toMatchObject({ error: { code: 'storage_unavailable' } });
      await killSnapshotter();
      await stack.objects.restart();

      await until(() => readies().some(({ request_id }) => request_id === 'store-away'), {
        what: 'the snapshot of the request',
        deadlineMs: 120_000,
      });
      for (const id of sent.keys())
        await until(() => readies().some(({ event_id }) => event_id === id), {
          what: `snapshot.ready of ${id}`,
          deadlineMs: 120_000,
        });
      for (const [id, sentMs] of sent) {
        const told = readies().filter(({ event_id }) => event_id === id);
        expect({ id, keys: new Set(told.map(({ key }) => key)).size }).toEqual({ id, keys: 1 });
        const [ready] = told;
        if (!ready) throw new Error(`nothing of ${id}`);
        const bytes = Buffer.from(await (await fetch(ready.url)).arrayBuffer());
        expect({ id, sha256: createHash('sha256').update(bytes).digest('hex') }).toEqual({ id, sha256: ready.sha256 });
        // The picture is of the event's own instant, however late it was taken.
        expect(ready.timestamp * 1000).toBeCloseTo(sentMs, 0);
        expect({ id, offMs: Math.abs(ready.captured_at * 1000 - sentMs) < 200 }).toEqual({ id, offMs: true });
      }
      await until(async () => (await readdir(join(stack.folder, 'snapshots/.outbox'))).length === 0, {
        what: 'an empty outbox',
        deadlineMs: 30_000,
      });
      const files = (await readdir(join(stack.folder, 'snapshots'), { recursive: true })).filter((name) =>
        name.endsWith('.jpg'),
      );
      expect(files).toHaveLength(sent.size + 1);
      process.stdout.write(
        `${sent.size} events, ${kills + 1} kills: one snapshot each, ${readies().length} messages\n`,
      );
    },
    180_000 + EVENTS * 5000,
  );
});
