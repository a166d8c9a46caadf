import { join } from 'node:path';
import { clipReady, SUBJECTS, type ClipReady } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { hashFile } from '@vr/objects';
import { startNats, startRedis, startWorker, temporaryFolder, until } from '@vr/testing';
import { TestStream } from '@vr/recorded';

const EVENTS = 1000;
const FOOTAGE_SECONDS = 40;
const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

it(`answers each of ${EVENTS} events that come at once, with few clips where overlapping ones are merged`, async () => {
  const [nats, redis, disk] = await Promise.all([startNats(), startRedis(), temporaryFolder('burst')]);
  ends.push(
    () => disk.remove(),
    () => nats.stop(),
    () => redis.stop(),
  );
  const folder = (name: string): string => join(disk.path, name);
  const zeroMs = Date.now() - FOOTAGE_SECONDS * 1000;
  const stream = await TestStream.encode(FOOTAGE_SECONDS);
  await stream.record(folder('recordings'), 'cam_1', zeroMs, 0, FOOTAGE_SECONDS);
  const worker = await startWorker('clipper', {
    ...{ NATS_URL: nats.url, REDIS_URL: redis.url, CAMERA_CAM_1_URL: 'rtsp://127.0.0.1/1', CLIP_MERGE: 'overlapping' },
    ...{ RECORDINGS_DIR: folder('recordings'), CLIPS_DIR: folder('clips'), OBJECTS_DIR: folder('objects') },
  });
  ends.push(() => worker.stop());
  await worker.waitReady();
  const client = await createClient({ NATS_URL: nats.url });
  ends.push(() => client.close());
  const ready: ClipReady[] = [];
  client.subscribe(SUBJECTS.clipReady, { callback: (_, message) => void ready.push(clipReady.parse(message.json())) });
  for (let n = 0; n < EVENTS; n++) {
    const timestamp = (zeroMs + 2000 + (n / EVENTS) * (FOOTAGE_SECONDS - 4) * 1000) / 1000;
    client.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_1', timestamp, event_id: `e-${n}`, pre_seconds: 1, post_seconds: 1 }),
    );
  }
  const answered = await until(() => new Set(ready.map(({ event_id }) => event_id)).size === EVENTS && ready, {
    what: `${EVENTS} answers`,
    deadlineMs: 80_000,
  });
  const clips = new Map(answered.map((message) => [message.clip_id, message]));
  expect(clips.size).toBeLessThan(EVENTS / 4);
  for (const { key, sha256 } of clips.values())
    expect((await hashFile(join(folder('objects/clips'), key))).sha256).toBe(sha256);
  // Whatever clip an event became part of, the clip holds what the event wanted.
  for (const { start, end, requested_start, requested_end, partial } of answered) {
    expect({ partial, early: start <= requested_start + 0.1, late: end >= requested_end - 0.1 }).toEqual({
      partial: false,
      early: true,
      late: true,
    });
  }
}, 120_000);
