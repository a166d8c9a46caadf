// The house of these tests has five real workers. Every password, key and token of theirs is hostile. A book keeps all
// that is said or written anywhere.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HOSTILE_KINDS,
  hostileSecrets,
  spawnWorker,
  startCamera,
  startNats,
  startObjectServer,
  startRedis,
  temporaryFolder,
  type App,
  type Camera,
  type HostileSecret,
  type ObjectServer,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';
import { childrenOf } from '../faults/processes';

export const APPS: App[] = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];
export const KINDS = Object.keys(HOSTILE_KINDS);

/** One secret of each kind for cameras, one for the file's second edition, and one for the servers. */
export const all = hostileSecrets({ count: KINDS.length * 3, seed: 126 });
const ofRound = (round: number): HostileSecret[] =>
  KINDS.map((kind) => all.filter((secret) => secret.kind === kind)[round]).filter((secret) => secret !== undefined);
export const first = ofRound(0);
export const second = ofRound(1);
const others = ofRound(2);
const other = (kind: string): HostileSecret => {
  const found = others.find((secret) => secret.kind === kind);
  if (!found) throw new Error(`no secret with ${kind}`);
  return found;
};
const NATS = other('colons');
export const REDIS = other('at signs');
export const STORE = other('replacements');
export const STORE_KEY = other('regular expressions');
export const TOKEN = other('shell');
const PATH = other('base64');
export const NOWHERE = other('quotes');
export const CLOSED = other('percent');

/** The secret as people type it, where that can be read. Else as they must encode it. */
const inUrl = ({ value }: HostileSecret): string => (/\s/.test(value) ? encodeURIComponent(value) : value);

export interface House {
  folder: TemporaryFolder;
  nats: Server;
  redis: Server;
  camerasFile: string;
  environment: Record<string, string>;
  /** What was said or written, by its place. */
  said: Map<string, string[]>;
  workers: Map<App, WorkerProcess>;
  note(where: string, text: string): void;
  worker(app: App): WorkerProcess;
  /** The text of CAMERAS_FILE: a camera for each secret, whose password comes from a variable. */
  cameras(secrets: readonly HostileSecret[], variable: string): string;
  /** The text of an answer; answer and headers are noted. */
  ask(app: App, path: string, init?: RequestInit): Promise<string>;
  askEverything(): Promise<void>;
  stop(): Promise<void>;
}

export async function startHouse(): Promise<House> {
  const folder = await temporaryFolder('secrets');
  const [camera, nats, redis, objects] = await Promise.all([
    startCamera(),
    startNats({ user: 'us@er', password: NATS.value }),
    startRedis({ password: REDIS.value }),
    startObjectServer(),
  ]);
  const cameras = (secrets: readonly HostileSecret[], variable: string): string =>
    camerasYaml(camera, secrets, variable);
  const camerasFile = join(folder.path, 'cameras.yaml');
  await writeFile(camerasFile, `${cameras(first, 'CAM_A')}${specialCameras(camera)}\n`);
  const tokenFile = join(folder.path, 'token');
  await writeFile(tokenFile, `${TOKEN.value}\n`);
  const environment = {
    NATS_URL: `nats://us%40er:${encodeURIComponent(NATS.value)}@127.0.0.1:${nats.port}`,
    REDIS_URL: `redis://:${REDIS.value}@127.0.0.1:${redis.port}`,
    ...storeSettings(objects),
    CONSOLE_API_TOKEN_FILE: tokenFile,
    RECORDINGS_DIR: join(folder.path, 'recordings'),
    CLIPS_DIR: join(folder.path, 'clips'),
    SNAPSHOTS_DIR: join(folder.path, 'snapshots'),
    CAMERAS_FILE: camerasFile,
    LOG_LEVEL: 'debug',
    ...variables(first, 'CAM_A'),
    ...variables(second, 'CAM_B'),
  };
  const workers = new Map<App, WorkerProcess>();
  for (const app of APPS) workers.set(app, await spawnWorker(app, environment));
  await Promise.all([...workers.values()].map((each) => each.waitLive(120_000)));

  const said = new Map<string, string[]>();
  const note = (where: string, text: string): void => void said.set(where, [...(said.get(where) ?? []), text]);
  const worker = (app: App): WorkerProcess => {
    const found = workers.get(app);
    if (!found) throw new Error(`the ${app} was not started`);
    return found;
  };
  async function ask(app: App, path: string, init: RequestInit = {}): Promise<string> {
    const headers = { authorization: `Bearer ${TOKEN.value}`, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(`${worker(app).httpUrl}${path}`, { ...init, headers });
    const text = await response.text();
    note(`${init.method ?? 'GET'} ${path} of the ${app}`, `${JSON.stringify([...response.headers])} ${text}`);
    return text;
  }

  async function askEverything(): Promise<void> {
    for (const app of APPS) for (const path of ['/health/ready', '/metrics', '/no/such/path']) await ask(app, path);
    for (const path of [
      'cameras',
      'storage',
      'protections',
      'clips',
      'snapshots',
      'cameras/cam_0/timeline?start=1&end=2',
      'cameras/cam_0/snapshot.jpg',
      'cameras/cam_0/footage.m3u8?start=1&end=2',
      'cameras/cam_0/clip.mp4?start=1795435200&end=1795435260',
    ]) {
      await ask('console', `/api/${path}`);
    }
    await ask('console', '/api/cameras', { headers: { authorization: `Bearer x${TOKEN.value}` } });
  }

  let sampling = true;
  async function sampleCommandLines(): Promise<void> {
    const seen = new Set<string>();
    while (sampling) {
      for (const { pid } of workers.values()) {
        for (const each of [pid, ...(await childrenOf(pid))]) {
          const line = await readFile(`/proc/${each}/cmdline`, 'utf8').catch(() => ''); // it may be gone by now
          if (!seen.has(line)) note('the process list', line);
          seen.add(line);
        }
      }
      await new Promise(setImmediate);
    }
  }

  const sampler = sampleCommandLines();

  return {
    ...{ folder, nats, redis, camerasFile, environment, said, workers, note, worker, cameras, ask, askEverything },
    stop: async () => {
      sampling = false;
      await sampler;
      await Promise.all([...workers.values()].map((each) => each.stop()));
      await Promise.all([camera.stop(), nats.stop(), redis.stop(), objects.stop()]);
      await folder.remove();
    },
  };
}

const storeSettings = (objects: ObjectServer): Record<string, string> => ({
  MINIO_ENDPOINT: objects.endpoint,
  MINIO_ACCESS_KEY: STORE_KEY.value,
  MINIO_SECRET_KEY: STORE.value,
});

function camerasYaml(camera: Camera, secrets: readonly HostileSecret[], variable: string): string {
  const entries = secrets.map(
    (_, i) => `  - id: cam_${i}\n    url: 'rtsp://us@er:\${${variable}_${i}}@127.0.0.1:${camera.port}/cam1'\n`,
  );
  return `cameras:\n${entries.join('')}`;
}

const specialCameras = (camera: Camera): string =>
  [
    `  - {id: path, url: "rtsp://127.0.0.1:${camera.port}/user=admin_password=${PATH.value}_channel=1"}`,
    `  - {id: nowhere, url: ${JSON.stringify(`rtsp://admin:${NOWHERE.value}@127.0.0.1:1/x`)}}`,
  ].join('\n');

const variables = (secrets: readonly HostileSecret[], variable: string): Record<string, string> =>
  Object.fromEntries(secrets.map((secret, i) => [`${variable}_${i}`, inUrl(secret)]));
