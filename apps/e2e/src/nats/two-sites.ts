// Two sites and a hub, with NATS configured by deploy/nats and one object store. Each site has four real workers, a
// camera that sends frame messages, and a detector.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SUBJECTS } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import {
  freePort,
  runToEnd,
  startNats,
  startObjectServer,
  startRedis,
  startWorker,
  temporaryFolder,
  until,
  type App,
  type ObjectServer,
  type Server,
  type WorkerProcess,
} from '@vr/testing';
import { siteNetwork } from './house-users';

type Client = Awaited<ReturnType<typeof createClient>>;
export type Place = 'hub' | Site;
export type Site = 'jetson1' | 'jetson2';
export interface Reply {
  protection_id?: string;
  clip_id?: string;
  camera_id?: string;
  width?: number;
  key?: string;
  cameras?: { camera_id: string }[];
  error?: unknown;
}

export const SITES: readonly Site[] = ['jetson1', 'jetson2'];
export const APPS: App[] = ['recorder', 'snapshotter', 'clipper', 'janitor'];
/** A site's camera and the width of its pictures, so that an answer shows where it was made. */
export const OF = {
  jetson1: { camera: 'door_1', width: 64, clipDays: 90 },
  jetson2: { camera: 'door_2', width: 80, clipDays: 30 },
} as const;
export const fail = (what: string): never => {
  throw new Error(`no ${what}`);
};

export interface Sites {
  /** What each place hears. */
  heard: Record<Place, { subject: string; payload: Record<string, unknown> }[]>;
  objects: ObjectServer;
  /** The workers of the first site, then those of the second, each in the order of APPS. */
  workers: readonly WorkerProcess[];
  clientOf(place: Place): Client;
  /** All answers that a request gets. The number grows as they come. */
  request(place: Place, subject: string, payload: object): Reply[];
  stop(): Promise<void>;
}

/** Resolves once both sites have sent an event and the hub has heard of its snapshot. */
export async function startSites(): Promise<Sites> {
  const servers: Server[] = [];
  const workers: WorkerProcess[] = [];
  const clients: Client[] = [];
  const ask: Record<string, Client> = {};
  const heard: Record<Place, { subject: string; payload: Record<string, unknown> }[]> = {
    hub: [],
    jetson1: [],
    jetson2: [],
  };
  const pictures: Record<string, string> = {};

  const clientOf = (place: Place): Client => ask[place] ?? fail(place);

  const hubPort = await freePort();
  const network = await siteNetwork(hubPort, SITES);
  const folder = (await temporaryFolder('sites')).path;
  const hub = await startNats({ jetstream: false, configurationPath: network.hub });
  const redis = await startRedis();
  const objects = await startObjectServer();
  servers.push(hub, redis, objects);
  const connect = async (url: string, who: Record<string, string>): Promise<Client> => {
    const client = await createClient({ NATS_URL: url, ...who });
    clients.push(client);
    return client;
  };
  const listen = async (place: Place, client: Client, subjects: readonly string[]): Promise<void> => {
    for (const subject of subjects)
      client.subscribe(subject, {
        callback: (_, message) => void heard[place].push({ subject: message.subject, payload: message.json() }),
      });
    await client.flush();
  };
  ask['hub'] = await connect(hub.url, {});
  await listen('hub', clientOf('hub'), ['seguranca.>']);
  for (const site of SITES) {
    const nats = await startNats({ jetstream: false, configurationPath: network.site(site) });
    servers.push(nats);
    ask[site] = await connect(nats.url, network.settings('operator'));
    // Whoever may hear everything at the site hears what comes in from elsewhere: the user of the workers.
    await listen(site, await connect(nats.url, network.settings('worker')), [
      'seguranca.event.*',
      SUBJECTS.cameraFrame,
      SUBJECTS.status,
      SUBJECTS.recordSnapshot,
    ]);
    await listen(site, clientOf(site), ['seguranca.record.*.ready', 'seguranca.record.*.failed']);
    const at = (name: string): string => join(folder, site, name);
    const environment = {
      ...{
        NATS_URL: nats.url,
        ...network.settings('worker'),
        NODE_ID: site,
        OBJECT_PREFIX: site,
        REDIS_URL: redis.url,
      },
      ...{
        MINIO_ENDPOINT: objects.endpoint,
        MINIO_ACCESS_KEY: objects.accessKey,
        MINIO_SECRET_KEY: objects.secretKey,
        MINIO_REGION: objects.region,
      },
      ...{
        RECORDINGS_DIR: at('recordings'),
        CLIPS_DIR: at('clips'),
        SNAPSHOTS_DIR: at('snapshots'),
        CLIP_RETENTION_DAYS: `${OF[site].clipDays}`,
      },
      ...{
        [`CAMERA_${OF[site].camera.toUpperCase()}_URL`]: 'rtsp://127.0.0.1:1/s',
        REQUESTS_PER_MINUTE: '1000',
        REQUESTS_WAITING_MAX: '1000',
      },
    };
    workers.push(...(await Promise.all(APPS.map((app) => startWorker(app, environment)))));
    const picture = join(folder, `${site}.jpg`);
    await runToEnd('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `color=red:s=${OF[site].width}x48`,
      '-frames:v',
      '1',
      picture,
    ]);
    pictures[site] = (await readFile(picture)).toString('base64');
  }
  await Promise.all(workers.map((worker) => worker.waitReady(60_000)));
  const detectors = await Promise.all(
    SITES.map(
      async (site, i) => [site, await connect(servers[3 + i]?.url ?? '', network.settings('detector'))] as const,
    ),
  );
  const film = (): void => {
    for (const [site, detector] of detectors)
      detector.publish(
        SUBJECTS.cameraFrame,
        JSON.stringify({ camera_id: OF[site].camera, timestamp: Date.now() / 1000, data: pictures[site] }),
      );
  };
  film();
  const frames = setInterval(film, 300);
  for (const [site, detector] of detectors)
    detector.publish('seguranca.event.person', JSON.stringify({ camera_id: OF[site].camera, event_id: `of ${site}` }));
  await until(
    () =>
      SITES.every((site) =>
        heard.hub.some(
          ({ subject, payload }) => subject === SUBJECTS.snapshotReady && payload['event_id'] === `of ${site}`,
        ),
      ),
    { what: 'both sites at the hub', deadlineMs: 30_000 },
  );

  function request(place: Place, subject: string, payload: object): Reply[] {
    const replies: Reply[] = [];
    const client = clientOf(place);
    const inbox = `_INBOX.${place === 'hub' ? 'hub' : 'operator'}.${Math.random().toString(36).slice(2)}`;
    client.subscribe(inbox, { callback: (_, message) => void replies.push(message.json()) });
    client.publish(subject, JSON.stringify(payload), { reply: inbox });
    return replies;
  }

  return {
    ...{ heard, objects, workers, clientOf, request },
    stop: async () => {
      clearInterval(frames);
      await Promise.all(workers.map((worker) => worker.stop()));
      for (const client of clients) await client.close();
      for (const server of servers.reverse()) await server.stop();
    },
  };
}
