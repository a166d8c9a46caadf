import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotReady, SUBJECTS } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import {
  freePort,
  objectServerAbilities,
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
import { Client as S3Client } from 'minio';
import { siteNetwork } from './house-users';

type Client = Awaited<ReturnType<typeof createClient>>;
type Place = 'hub' | Site;
type Site = 'jetson1' | 'jetson2';
interface Reply {
  protection_id?: string;
  clip_id?: string;
  camera_id?: string;
  width?: number;
  key?: string;
  cameras?: { camera_id: string }[];
  error?: unknown;
}

const SITES: readonly Site[] = ['jetson1', 'jetson2'];
const APPS: App[] = ['recorder', 'snapshotter', 'clipper', 'janitor'];
/** Camera and width of the pictures of a site: an answer shows where it was made. */
const OF = {
  jetson1: { camera: 'door_1', width: 64, clipDays: 90 },
  jetson2: { camera: 'door_2', width: 80, clipDays: 30 },
} as const;
const { lifecycle } = await objectServerAbilities();

describe('two sites and a hub, by deploy/nats', () => {
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
  let objects: ObjectServer;
  let frames: NodeJS.Timeout;

  const clientOf = (place: Place): Client => ask[place] ?? fail(place);
  const fail = (what: string): never => {
    throw new Error(`no ${what}`);
  };

  beforeAll(async () => {
    const hubPort = await freePort();
    const network = await siteNetwork(hubPort, SITES);
    const folder = (await temporaryFolder('sites')).path;
    const hub = await startNats({ jetstream: false, configurationPath: network.hub });
    const redis = await startRedis();
    objects = await startObjectServer();
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
    frames = setInterval(film, 300);
    for (const [site, detector] of detectors)
      detector.publish(
        'seguranca.event.person',
        JSON.stringify({ camera_id: OF[site].camera, event_id: `of ${site}` }),
      );
    await until(
      () =>
        SITES.every((site) =>
          heard.hub.some(
            ({ subject, payload }) => subject === SUBJECTS.snapshotReady && payload['event_id'] === `of ${site}`,
          ),
        ),
      { what: 'both sites at the hub', deadlineMs: 30_000 },
    );
  }, 200_000);
  afterAll(async () => {
    clearInterval(frames);
    await Promise.all(workers.map((worker) => worker.stop()));
    for (const client of clients) await client.close();
    for (const server of servers.reverse()) await server.stop();
  });

  /** All answers that a request gets; the promise's number grows as they come. */
  function request(place: Place, subject: string, payload: object): Reply[] {
    const replies: Reply[] = [];
    const client = clientOf(place);
    const inbox = `_INBOX.${place === 'hub' ? 'hub' : 'operator'}.${Math.random().toString(36).slice(2)}`;
    client.subscribe(inbox, { callback: (_, message) => void replies.push(message.json()) });
    client.publish(subject, JSON.stringify(payload), { reply: inbox });
    return replies;
  }

  it('answers a hundred requests from three places, each once, and from where the camera is', async () => {
    const nowSeconds = Math.floor(Date.now() / 1000) - 3600;
    const asked: { what: string; site: Site; replies: Reply[] }[] = [];
    for (let i = 0; i < 100; i++) {
      const site = SITES[i % 2] ?? fail('site');
      const place: Place = i % 3 === 0 ? site : 'hub';
      const kind =
        [
          SUBJECTS.recordSnapshot,
          SUBJECTS.recordClip,
          SUBJECTS.recordProtect,
          SUBJECTS.status,
          SUBJECTS.recordSnapshot,
        ][i % 5] ?? '';
      // States are said by the same subject, so the hub asks one site for them; operators hear them, and do not ask.
      const [subject, from] =
        kind === SUBJECTS.status
          ? [`site.${site}.${kind}`, 'hub' as const]
          : [place === 'hub' && i % 4 === 0 ? `site.${site}.${kind}` : kind, place];
      const range = { start: nowSeconds - i * 10, end: nowSeconds - i * 10 + 5 };
      asked.push({
        what: `${i}: ${subject} from ${from}`,
        site,
        replies: request(from, subject, {
          camera_id: OF[site].camera,
          reason: `request ${i}`,
          ...(kind === SUBJECTS.recordSnapshot ? {} : range),
        }),
      });
    }
    await until(() => asked.every(({ replies }) => replies.length > 0), {
      what: 'an answer to each',
      deadlineMs: 60_000,
    }).catch((error: unknown) => {
      throw new Error(
        `unanswered: ${asked
          .filter(({ replies }) => replies.length === 0)
          .map(({ what }) => what)
          .join('; ')}`,
        { cause: error },
      );
    });
    // By now each node has had its say on all but the last: one more round from everywhere.
    const later = SITES.flatMap((site) =>
      [SUBJECTS.recordSnapshot, SUBJECTS.recordClip, SUBJECTS.recordProtect].map((subject) =>
        request('hub', subject, { camera_id: OF[site].camera, start: 1, end: 2, timestamp: 1, reason: 'x' }),
      ),
    );
    await until(() => later.every((replies) => replies.length > 0), {
      what: 'the answers to the last round',
      deadlineMs: 30_000,
    });
    expect(
      [...asked, ...later.map((replies) => ({ what: 'later', replies }))].filter(({ replies }) => replies.length !== 1),
    ).toEqual([]);
    for (const { what, site, replies } of asked) {
      const { camera, width } = OF[site];
      const [reply = {}] = replies;
      expect({ what, error: reply.error }).toEqual({ what, error: undefined });
      if (what.includes('snapshot'))
        expect({ what, ...snapshotReady.parse(reply) }).toMatchObject({
          camera_id: camera,
          width,
          key: expect.stringMatching(new RegExp(`^${site}/${camera}/`)) as string,
        });
      else if (what.includes('clip')) expect(reply.clip_id).toContain(camera);
      else if (what.includes('protect')) expect(reply.protection_id).toContain(camera);
      else expect(reply.cameras?.map(({ camera_id }) => camera_id)).toEqual([camera]);
    }
  }, 120_000);

  it('lets go of a protection where it is, and says nothing elsewhere', async () => {
    const held = request('hub', SUBJECTS.recordProtect, {
      camera_id: 'door_2',
      start: Date.now() / 1000 - 60,
      end: Date.now() / 1000,
      reason: 'trial',
    });
    await until(() => held.length > 0, { what: 'the protection', deadlineMs: 10_000 });
    const gone = request('hub', SUBJECTS.recordUnprotect, { protection_id: held[0]?.protection_id });
    await until(() => gone.length > 0, { what: 'its end', deadlineMs: 10_000 });
    expect(gone).toEqual([expect.objectContaining({ camera_id: 'door_2', removed: true })]);
  }, 30_000);

  it('leaves a request unanswered whose camera nobody has, or nobody here', async () => {
    const silent = [
      request('hub', SUBJECTS.recordSnapshot, { camera_id: 'door_3' }),
      request('hub', SUBJECTS.recordClip, { camera_id: 'door_3', start: 'x' }),
      request('jetson1', SUBJECTS.recordSnapshot, { camera_id: 'door_2' }),
    ];
    const later = [...SITES, 'hub' as const].flatMap((place) =>
      [SUBJECTS.recordSnapshot, SUBJECTS.recordClip].map((subject) =>
        request(place, subject, {
          camera_id: place === 'jetson2' ? 'door_2' : 'door_1',
          timestamp: 1,
          start: 1,
          end: 2,
        }),
      ),
    );
    await until(() => later.every((replies) => replies.length > 0), {
      what: 'the answers to later requests',
      deadlineMs: 30_000,
    });
    expect(silent).toEqual([[], [], []]);
    expect(heard.hub.filter(({ payload }) => payload['camera_id'] === 'door_3' && 'code' in payload)).toEqual([]);
  }, 60_000);

  it('takes an event from the hub to its site, and the result back to the hub', async () => {
    clientOf('hub').publish(
      'site.jetson2.seguranca.event.person',
      JSON.stringify({ camera_id: 'door_2', event_id: 'from the hub' }),
    );
    const ready = await until(
      () =>
        heard.hub.find(
          ({ subject, payload }) => subject === SUBJECTS.snapshotReady && payload['event_id'] === 'from the hub',
        ),
      { what: 'its snapshot', deadlineMs: 30_000 },
    );
    expect(ready.payload).toMatchObject({
      camera_id: 'door_2',
      width: 80,
      key: expect.stringMatching(/^jetson2\/door_2\//) as string,
    });
  }, 60_000);

  it('keeps frames and requests at their site, and shows the hub events, states and results', async () => {
    const camerasAt = (place: Place): Set<unknown> => new Set(heard[place].map(({ payload }) => payload['camera_id']));
    const framesHeard = (): number => heard.jetson1.filter(({ subject }) => subject === SUBJECTS.cameraFrame).length;
    await until(() => framesHeard() > 5, { what: 'more than five frames at their own site', deadlineMs: 30_000 });
    // What was asked at the hub for other cameras comes in as a request, and nothing else of them.
    for (const site of SITES)
      expect(
        new Set(
          heard[site].filter(({ payload }) => payload['camera_id'] !== OF[site].camera).map(({ subject }) => subject),
        ),
      ).toEqual(new Set([SUBJECTS.recordSnapshot]));
    const atHub = new Set(heard.hub.map(({ subject }) => subject));
    expect([...atHub].filter((subject) => subject === SUBJECTS.cameraFrame)).toEqual([]);
    for (const subject of ['seguranca.event.person', SUBJECTS.status, SUBJECTS.snapshotReady]) {
      expect(
        new Set(heard.hub.filter((message) => message.subject === subject).map(({ payload }) => payload['camera_id'])),
      ).toEqual(new Set(['door_1', 'door_2']));
    }
    expect(camerasAt('hub').has('door_1')).toBe(true);
  });

  it(
    lifecycle
      ? 'has the expiry rules of both sites in the shared bucket'
      : 'has objects of both sites in the shared bucket, which has no expiry rules',
    async () => {
      const client = new S3Client({
        endPoint: '127.0.0.1',
        port: objects.port,
        useSSL: false,
        accessKey: objects.accessKey,
        secretKey: objects.secretKey,
        region: objects.region,
      });
      const prefixes = new Set<string>();
      for await (const { name } of client.listObjectsV2('snapshots', '', true) as AsyncIterable<{ name?: string }>)
        prefixes.add((name ?? '').split('/').slice(0, 2).join('/'));
      expect(prefixes).toEqual(new Set(['jetson1/door_1', 'jetson2/door_2']));
      if (!lifecycle) return;
      const readBack = async (): Promise<unknown> => {
        const rules = [(await client.getBucketLifecycle('clips'))?.Rule ?? []]
          .flat()
          .filter(({ Expiration }) => Expiration);
        return Object.fromEntries(
          rules.map(({ ID, Filter, Expiration }) => [
            ID,
            [typeof Filter === 'object' ? Filter.Prefix : Filter, Number(Expiration?.Days)],
          ]),
        );
      };
      expect(await readBack()).toEqual({
        'video-recorder-expire:jetson1:jetson1': ['jetson1/', 90],
        'video-recorder-expire:jetson2:jetson2': ['jetson2/', 30],
      });
      for (const [i, site] of SITES.entries()) {
        const { dependencies } = (await (
          await fetch(`${workers[i * APPS.length + 3]?.httpUrl ?? ''}/health/ready`)
        ).json()) as { dependencies: Record<string, { state: string; sentence: string }> };
        expect(dependencies['expiry of objects']).toMatchObject({
          state: 'up',
          sentence: expect.stringContaining(
            `bucket clips below ${site}/ after ${OF[site].clipDays} days (its rule was read back)`,
          ) as string,
        });
      }
    },
  );
});
