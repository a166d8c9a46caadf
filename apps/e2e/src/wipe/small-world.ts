// A house on a disk of 300 MB: synthetic footage of two days, the workers that requests reach, NATS, Redis and the
// local object store.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { segmentPath } from '@vr/footage';
import { createClient } from '@vr/messaging';
import { runToEnd, startNats, startRedis, startWorker, type App, type WorkerProcess } from '@vr/testing';
import { MemoryDisk } from '../faults/disks';

const MB = 1_000_000;
const HOUR_MS = 3_600_000;
const DISK_MB = 300;
/** The footage that clips can be cut from is a minute at 2 Mbit/s. */
export const REAL_SECONDS = 60;
const FILLER_BYTES = 5 * MB;
export const TOKEN = 'a-small-world-1';

export interface SmallWorld {
  disk: MemoryDisk;
  nats: Awaited<ReturnType<typeof createClient>>;
  console: WorkerProcess | undefined;
  workers: WorkerProcess[];
  /** Starts a new worker in the place of one that has ended. */
  restart(app: App): Promise<void>;
  /** Every footage file, by its path below RECORDINGS_DIR. */
  footage(): Promise<string[]>;
  /** Bytes of everything that lies in these folders of the disk. */
  bytesIn(...folders: string[]): Promise<number>;
  stop(): Promise<void>;
}

/** A minute that ffmpeg wrote. A fragmented MP4 is a segment once it has a segment's name. */
export async function encodeMinute(): Promise<Buffer> {
  const { stdout } = await runToEnd('ffmpeg', [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `testsrc=size=640x360:rate=10:duration=${REAL_SECONDS},noise=alls=40:allf=t,format=yuv420p`,
    ],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '10',
      '-bf',
      '0',
      '-sc_threshold',
      '0',
      '-b:v',
      '2M',
      '-minrate',
      '2M',
      '-maxrate',
      '2M',
      '-bufsize',
      '1M',
    ],
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', 'pipe:1'],
  ]);
  return stdout;
}

/**
 * `footageMb`: how much of the disk is footage. The real minute begins at `realMs`, the rest lies in the hours before
 * it.
 */
export async function makeSmallWorld(o: {
  minute: Buffer;
  realMs: number;
  footageMb: number;
  apps: App[];
  environment?: Record<string, string>;
}): Promise<SmallWorld> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends) await end();
  };
  try {
    const disk = await MemoryDisk.make(DISK_MB);
    ends.unshift(() => disk.remove());
    await disk.mount();
    const below = (name: string): string => join(disk.path, name);
    await writeFootage(below('recordings'), o);
    const [nats, redis] = await Promise.all([startNats({ jetstream: true }), startRedis()]);
    ends.unshift(
      () => nats.stop(),
      () => redis.stop(),
    );
    const environment = {
      ...{ NATS_URL: nats.url, REDIS_URL: redis.url, CONSOLE_API_TOKEN: TOKEN },
      ...{
        RECORDINGS_DIR: below('recordings'),
        CLIPS_DIR: below('clips'),
        SNAPSHOTS_DIR: below('snapshots'),
        OBJECTS_DIR: below('objects'),
      },
      ...{ CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/1', CAMERA_CAM_2_URL: 'rtsp://127.0.0.1:1/2' },
      ...o.environment,
    };
    const workers: WorkerProcess[] = [];
    ends.unshift(() => Promise.all(workers.map((worker) => worker.stop())));
    for (const app of o.apps) workers.push(await startWorker(app, environment));
    await Promise.all(workers.map((worker) => worker.waitReady()));
    const client = await createClient({ NATS_URL: nats.url });
    ends.unshift(() => client.close());
    return {
      ...{ disk, nats: client, workers, stop },
      restart: async (app) => {
        const worker = await startWorker(app, environment);
        workers.splice(
          workers.findIndex((one) => one.app === app),
          1,
          worker,
        );
        await worker.waitReady();
      },
      console: workers.find(({ app }) => app === 'console'),
      footage: () => filesIn(below('recordings')),
      bytesIn: async (...folders) => {
        const { stdout } = await runToEnd('du', ['-sbc', ...folders.map(below)]);
        return Number(stdout.toString().trim().split('\n').at(-1)?.split('\t')[0]);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeFootage(
  recordingsDir: string,
  { minute, realMs, footageMb }: { minute: Buffer; realMs: number; footageMb: number },
): Promise<void> {
  const write = async (cameraId: string, startMs: number, durationMs: number, bytes: Buffer): Promise<void> => {
    const path = segmentPath(recordingsDir, cameraId, startMs, durationMs);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  await write('cam_1', realMs, REAL_SECONDS * 1000, minute);
  const filler = Buffer.alloc(FILLER_BYTES, 1);
  const count = Math.floor((footageMb * MB - minute.length) / FILLER_BYTES);
  for (let n = 0; n < count; n++)
    await write(n % 2 === 0 ? 'cam_1' : 'cam_2', realMs - (1 + Math.floor(n / 2)) * HOUR_MS, HOUR_MS, filler);
}

async function filesIn(recordingsDir: string): Promise<string[]> {
  const names = await readdir(recordingsDir, { recursive: true });
  return names.filter((name) => name.endsWith('.mp4')).sort();
}
