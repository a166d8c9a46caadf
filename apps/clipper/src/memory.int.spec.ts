// The clipper's memory while it cuts and uploads large clips. It runs as a process of its own. This is the short form;
// `npm run proof -- memory` is the long one (1 GB each).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipReady, SUBJECTS, type ClipReady } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { startNats, startObjectServer, startRedis, startWorker, temporaryFolder, until } from '@vr/testing';
import { TestStream } from '@vr/recorded';

const CLIP_MB = Number(process.env['MEMORY_CLIP_MB'] ?? 150);
const CLIPS = Number(process.env['MEMORY_CLIPS'] ?? 3);
const LIMIT_MB = 150;
const STREAM_SECONDS = 4;

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

it(
  `stays under ${LIMIT_MB} MB while ${CLIPS} clips of ${CLIP_MB} MB are cut and uploaded`,
  async () => {
    const [nats, redis, store, disk] = await Promise.all([
      startNats(),
      startRedis(),
      startObjectServer(),
      temporaryFolder('memory'),
    ]);
    ends.push(() => disk.remove(), ...[nats, redis, store].map((server) => () => server.stop()));
    const recordings = join(disk.path, 'recordings');
    const stream = await TestStream.encode(STREAM_SECONDS, '640x360', true);
    const zeroMs = Date.now() - 600_000;
    const repeats = Math.ceil(CLIP_MB / (stream.sizeBytes / 1e6)) + 1;
    for (let n = 0; n < repeats; n++)
      await stream.record(recordings, 'cam_1', zeroMs + n * STREAM_SECONDS * 1000, 0, STREAM_SECONDS);
    const worker = await startWorker('clipper', {
      ...{
        NATS_URL: nats.url,
        REDIS_URL: redis.url,
        RECORDINGS_DIR: recordings,
        CLIPS_DIR: join(disk.path, 'clips'),
        CAMERA_CAM_1_URL: 'rtsp://127.0.0.1/1',
      },
      ...{
        MINIO_ENDPOINT: store.endpoint,
        MINIO_ACCESS_KEY: store.accessKey,
        MINIO_SECRET_KEY: store.secretKey,
        CLIP_MAX_SECONDS: '600',
      },
    });
    ends.push(() => worker.stop());
    await worker.waitReady();
    const client = await createClient({ NATS_URL: nats.url });
    ends.push(() => client.close());
    const ready: ClipReady[] = [];
    client.subscribe(SUBJECTS.clipReady, {
      callback: (_, message) => void ready.push(clipReady.parse(message.json())),
    });
    const peakMb = async (): Promise<number> =>
      Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${worker.pid}/status`, 'utf8'))?.[1]) / 1024;
    const idleMb = await peakMb();
    // The clips are of events, because requests for nearly the same footage would share one clip.
    const middleMs = zeroMs + (repeats * STREAM_SECONDS * 1000) / 2;
    for (let n = 0; n < CLIPS; n++) {
      const halfSeconds = (repeats * STREAM_SECONDS) / 2 - n / 10;
      client.publish(
        'seguranca.event.person',
        JSON.stringify({
          camera_id: 'cam_1',
          timestamp: middleMs / 1000,
          event_id: `large-${n}`,
          pre_seconds: halfSeconds,
          post_seconds: halfSeconds,
        }),
      );
    }
    await until(() => ready.length === CLIPS, { what: `${CLIPS} clips`, deadlineMs: 60_000 + CLIPS * CLIP_MB * 200 });
    const busyMb = await peakMb();
    const sizes = ready.map(({ size_bytes }) => (size_bytes / 1e6).toFixed(0)).join(', ');
    process.stdout.write(
      `clips of ${sizes} MB: at most ${idleMb.toFixed(0)} MB of memory at start, ${busyMb.toFixed(0)} MB in all\n`,
    );
    expect(new Set(ready.map(({ key }) => key)).size).toBe(CLIPS);
    for (const { size_bytes } of ready) expect(size_bytes).toBeGreaterThan(CLIP_MB * 0.9e6);
    expect(busyMb).toBeLessThan(LIMIT_MB);
  },
  120_000 + CLIPS * CLIP_MB * 300,
);
