// The whole stack as it runs in a house: real servers, real cameras, and our workers as processes of their own. The
// detector knows nothing of us. It publishes bare JSON with an ordinary NATS client.
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import {
  startCamera,
  startNats,
  startObjectServer,
  startRedis,
  startWorker,
  temporaryFolder,
  until,
  type App,
  type Camera,
  type CameraOptions,
  type NatsOptions,
  type ObjectServer,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';

type Client = Awaited<ReturnType<typeof createClient>>;

export interface Stack {
  camera: Camera;
  nats: Server;
  redis: Server;
  objects: ObjectServer;
  folder: string;
  recordingsDir: string;
  workers: Map<App, WorkerProcess>;
  detector: Client;
  listener: Client;
  /** Everything published on a subject since the stack started, parsed. */
  heard(subject: string): Record<string, unknown>[];
  restart(app: App): Promise<WorkerProcess>;
  stop(): Promise<void>;
}

export interface StackOptions {
  apps: App[];
  cameras?: number[];
  camera?: CameraOptions;
  environment?: Record<string, string>;
  nats?: NatsOptions;
  /** The settings of each NATS user. The detector also hears what is published, unless `listener` is another user. */
  as?: (who: App | 'detector' | 'listener') => Record<string, string>;
  /** What the listener hears. */
  hears?: string[];
}

export async function startStack(o: StackOptions): Promise<Stack> {
  const ends: (() => Promise<unknown>)[] = [];
  const keep = <T>(started: T, end: (started: T) => Promise<unknown>): T => {
    ends.unshift(() => end(started));
    return started;
  };
  const stop = async (): Promise<void> => {
    for (const end of ends) await end();
  };
  try {
    const folder: TemporaryFolder = keep(await temporaryFolder(), (f) => f.remove());
    const cameras = o.cameras ?? [1, 2];
    const [nats, redis, objects, camera] = await Promise.all([
      startNats(o.nats),
      startRedis(),
      startObjectServer(),
      startCamera({ cameras, gopSeconds: 2, ...o.camera }),
    ]);
    for (const server of [nats, redis, objects, camera]) keep(server, (s) => s.stop());
    const environment = {
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      MINIO_ENDPOINT: objects.endpoint,
      MINIO_ACCESS_KEY: objects.accessKey,
      MINIO_SECRET_KEY: objects.secretKey,
      MINIO_REGION: objects.region,
      RECORDINGS_DIR: join(folder.path, 'recordings'),
      CLIPS_DIR: join(folder.path, 'clips'),
      SNAPSHOTS_DIR: join(folder.path, 'snapshots'),
      ...Object.fromEntries(cameras.map((n) => [`CAMERA_CAM_${n}_URL`, camera.url(n)])),
      ...o.environment,
    };
    const connect = async (who: 'detector' | 'listener'): Promise<Client> =>
      keep(await createClient({ NATS_URL: nats.url, ...o.as?.(who) }), (client) => client.close());
    const detector = await connect('detector');
    const listener = o.as ? await connect('listener') : detector;
    const messages: { subject: string; payload: Record<string, unknown> }[] = [];
    for (const subject of o.hears ?? ['seguranca.record.>']) {
      listener.subscribe(subject, {
        callback: (error, message) => {
          if (!error) messages.push({ subject: message.subject, payload: message.json() });
        },
      });
    }
    await listener.flush();
    const workers = new Map<App, WorkerProcess>();
    const start = async (app: App): Promise<WorkerProcess> => {
      const worker = await startWorker(app, { ...environment, ...o.as?.(app) });
      workers.set(app, worker);
      return worker;
    };
    ends.unshift(() => Promise.all([...workers.values()].map((worker) => worker.stop())));
    await Promise.all(o.apps.map(start));
    await Promise.all([...workers.values()].map((worker) => worker.waitReady()));
    return {
      camera,
      nats,
      redis,
      objects,
      folder: folder.path,
      recordingsDir: environment.RECORDINGS_DIR,
      workers,
      detector,
      listener,
      heard: (subject) => messages.filter((message) => message.subject === subject).map(({ payload }) => payload),
      restart: start,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A metric of a worker, by its name and labels as Prometheus writes them. It is 0 where it is not there. */
export async function metric(worker: WorkerProcess | undefined, sample: string): Promise<number> {
  const text = await (await fetch(`${worker?.httpUrl ?? ''}/metrics`)).text();
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${sample} `) || candidate.startsWith(`${sample}{`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** Resolves once the camera has footage from `sinceMs` on for at least `lengthMs`. */
export function recorded(stack: Stack, cameraId: string, lengthMs: number): Promise<unknown> {
  const first = new Map<string, number>();
  return until(
    () => {
      const status = stack.workers.get('recorder');
      return (
        status &&
        metric(status, `recorder_last_fragment_timestamp_seconds{camera="${cameraId}"}`).then((seconds) => {
          if (seconds === 0) return undefined;
          if (!first.has(cameraId)) first.set(cameraId, seconds);
          return seconds - (first.get(cameraId) ?? seconds) >= lengthMs / 1000;
        })
      );
    },
    { what: `${lengthMs} ms of footage of ${cameraId}`, deadlineMs: lengthMs + 30_000 },
  );
}
