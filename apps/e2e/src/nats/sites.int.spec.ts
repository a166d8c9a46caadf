import { snapshotReady, SUBJECTS } from '@vr/contracts';
import { objectServerAbilities, until } from '@vr/testing';
import { Client as S3Client } from 'minio';
import { APPS, fail, OF, SITES, startSites, type Place, type Reply, type Site, type Sites } from './two-sites';

const { lifecycle } = await objectServerAbilities();

describe('two sites and a hub, by deploy/nats', () => {
  let sites: Sites;

  beforeAll(async () => {
    sites = await startSites();
  }, 200_000);
  afterAll(() => sites.stop());

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
      // Recorders say states on the subject that asks for them, so the hub asks one site. Operators hear states and do
      // not ask.
      const [subject, from] =
        kind === SUBJECTS.status
          ? [`site.${site}.${kind}`, 'hub' as const]
          : [place === 'hub' && i % 4 === 0 ? `site.${site}.${kind}` : kind, place];
      const range = { start: nowSeconds - i * 10, end: nowSeconds - i * 10 + 5 };
      asked.push({
        what: `${i}: ${subject} from ${from}`,
        site,
        replies: sites.request(from, subject, {
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
    // By now each node has answered everything but the last request. So every place asks once more.
    const later = SITES.flatMap((site) =>
      [SUBJECTS.recordSnapshot, SUBJECTS.recordClip, SUBJECTS.recordProtect].map((subject) =>
        sites.request('hub', subject, { camera_id: OF[site].camera, start: 1, end: 2, timestamp: 1, reason: 'x' }),
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
    const held = sites.request('hub', SUBJECTS.recordProtect, {
      camera_id: 'door_2',
      start: Date.now() / 1000 - 60,
      end: Date.now() / 1000,
      reason: 'trial',
    });
    await until(() => held.length > 0, { what: 'the protection', deadlineMs: 10_000 });
    const gone = sites.request('hub', SUBJECTS.recordUnprotect, { protection_id: held[0]?.protection_id });
    await until(() => gone.length > 0, { what: 'its end', deadlineMs: 10_000 });
    expect(gone).toEqual([expect.objectContaining({ camera_id: 'door_2', removed: true })]);
  }, 30_000);

  it('leaves a request unanswered whose camera nobody has, or nobody here', async () => {
    const silent = [
      sites.request('hub', SUBJECTS.recordSnapshot, { camera_id: 'door_3' }),
      sites.request('hub', SUBJECTS.recordClip, { camera_id: 'door_3', start: 'x' }),
      sites.request('jetson1', SUBJECTS.recordSnapshot, { camera_id: 'door_2' }),
    ];
    const later = [...SITES, 'hub' as const].flatMap((place) =>
      [SUBJECTS.recordSnapshot, SUBJECTS.recordClip].map((subject) =>
        sites.request(place, subject, {
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
    expect(sites.heard.hub.filter(({ payload }) => payload['camera_id'] === 'door_3' && 'code' in payload)).toEqual([]);
  }, 60_000);

  it('takes an event from the hub to its site, and the result back to the hub', async () => {
    sites
      .clientOf('hub')
      .publish(
        'site.jetson2.seguranca.event.person',
        JSON.stringify({ camera_id: 'door_2', event_id: 'from the hub' }),
      );
    const ready = await until(
      () =>
        sites.heard.hub.find(
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
    const camerasAt = (place: Place): Set<unknown> =>
      new Set(sites.heard[place].map(({ payload }) => payload['camera_id']));
    const framesHeard = (): number =>
      sites.heard.jetson1.filter(({ subject }) => subject === SUBJECTS.cameraFrame).length;
    await until(() => framesHeard() > 5, { what: 'more than five frames at their own site', deadlineMs: 30_000 });
    // Requests that the hub got for other cameras come in. Nothing else of those cameras does.
    for (const site of SITES)
      expect(
        new Set(
          sites.heard[site]
            .filter(({ payload }) => payload['camera_id'] !== OF[site].camera)
            .map(({ subject }) => subject),
        ),
      ).toEqual(new Set([SUBJECTS.recordSnapshot]));
    const atHub = new Set(sites.heard.hub.map(({ subject }) => subject));
    expect([...atHub].filter((subject) => subject === SUBJECTS.cameraFrame)).toEqual([]);
    for (const subject of ['seguranca.event.person', SUBJECTS.status, SUBJECTS.snapshotReady]) {
      expect(
        new Set(
          sites.heard.hub.filter((message) => message.subject === subject).map(({ payload }) => payload['camera_id']),
        ),
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
        port: sites.objects.port,
        useSSL: false,
        accessKey: sites.objects.accessKey,
        secretKey: sites.objects.secretKey,
        region: sites.objects.region,
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
          await fetch(`${sites.workers[i * APPS.length + 3]?.httpUrl ?? ''}/health/ready`)
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
