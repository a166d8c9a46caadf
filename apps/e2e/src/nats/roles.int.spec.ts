import { EVENT_STREAM, SUBJECTS } from '@vr/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { createClient } from '@vr/messaging';
import { startNats, startWorker, temporaryFolder, until, type Server } from '@vr/testing';
import { houseUsers, ROLES, type HouseUsers, type Role } from './house-users';

const STREAM = EVENT_STREAM.name;
const REQUESTS = [SUBJECTS.recordSnapshot, SUBJECTS.recordClip, SUBJECTS.recordingExport];
const HOLDS = [SUBJECTS.recordProtect, SUBJECTS.recordUnprotect, SUBJECTS.recordDelete];
const UNSERVED = [
  'seguranca.record.start',
  'seguranca.record.stop',
  'seguranca.record.export',
  'seguranca.recording.start',
];
const RESULTS = [SUBJECTS.clipReady, SUBJECTS.clipFailed, SUBJECTS.snapshotReady, SUBJECTS.snapshotFailed];
const MAKES_STREAM = [`$JS.API.STREAM.INFO.${STREAM}`, `$JS.API.STREAM.CREATE.${STREAM}`];
const reads = (consumer: string): string[] => [
  `$JS.API.STREAM.UPDATE.${STREAM}`,
  `$JS.API.CONSUMER.INFO.${STREAM}.${consumer}`,
  `$JS.API.CONSUMER.CREATE.${STREAM}.${consumer}.seguranca.event.*`,
  `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${consumer}`,
  `$JS.ACK.${STREAM}.${consumer}.1.1.1.1.0`,
];
const inboxOf = (role: string): string => `_INBOX.${role}.1`;

/** Everything that somebody may want to do, as far as we can think of it. */
const UNIVERSE = [
  ...Object.values(SUBJECTS).map((subject) => subject.replace('*', 'person')),
  ...UNSERVED,
  ...['seguranca.event.person.more', 'seguranca.record.other', 'seguranca.other', 'other'],
  ...[...ROLES, 'stranger'].map(inboxOf),
  ...[
    '_INBOX.1',
    '$SYS.REQ.SERVER.PING',
    '$SYS.REQ.ACCOUNT.PING.CONNZ',
    '$JS.API.INFO',
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.LIST',
  ],
  ...['INFO', 'CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.GET', 'MSG.DELETE', 'SNAPSHOT', 'RESTORE'].flatMap((verb) =>
    [STREAM, 'OTHER'].map((stream) => `$JS.API.STREAM.${verb}.${stream}`),
  ),
  ...['clipper-node1', 'snapshotter-node1', 'clipper-node2'].flatMap(reads),
  ...['DELETE', 'DURABLE.CREATE'].map((verb) => `$JS.API.CONSUMER.${verb}.${STREAM}.clipper-node1`),
  ...[
    `$JS.API.CONSUMER.LIST.${STREAM}`,
    `$JS.API.CONSUMER.CREATE.${STREAM}`,
    `$JS.API.CONSUMER.MSG.NEXT.OTHER.clipper-node1`,
    `$JS.API.DIRECT.GET.${STREAM}`,
  ],
];
const ANY_INBOX = UNIVERSE.filter((subject) => subject.startsWith('_INBOX.'));
const RECORD = UNIVERSE.filter((subject) => subject.startsWith('seguranca.record.'));

/** What each role may do. It may do nothing else. */
const MAY: Record<Role, { publish: string[]; subscribe: string[] }> = {
  detector: { publish: ['seguranca.event.person', SUBJECTS.cameraFrame], subscribe: [SUBJECTS.clipFailed] },
  viewer: { publish: REQUESTS, subscribe: [...RESULTS, SUBJECTS.status, SUBJECTS.alert] },
  operator: { publish: [...REQUESTS, ...HOLDS], subscribe: [...RESULTS, SUBJECTS.status, SUBJECTS.alert] },
  worker: {
    publish: [
      ...RECORD,
      SUBJECTS.recordingExport,
      ...ANY_INBOX,
      ...MAKES_STREAM,
      ...['clipper-node1', 'snapshotter-node1', 'clipper-node2'].flatMap(reads),
    ],
    subscribe: [
      'seguranca.event.person',
      SUBJECTS.cameraFrame,
      ...[...REQUESTS, ...UNSERVED, ...HOLDS],
      ...[SUBJECTS.status, SUBJECTS.clipReady],
    ],
  },
  recorder: { publish: [SUBJECTS.status, ...ANY_INBOX, ...MAKES_STREAM], subscribe: [SUBJECTS.status] },
  clipper: {
    publish: [SUBJECTS.clipReady, SUBJECTS.clipFailed, ...ANY_INBOX, ...MAKES_STREAM, ...reads('clipper-node1')],
    subscribe: ['seguranca.event.person', SUBJECTS.recordClip, SUBJECTS.recordingExport, ...UNSERVED],
  },
  snapshotter: {
    publish: [
      SUBJECTS.snapshotReady,
      SUBJECTS.snapshotFailed,
      ...ANY_INBOX,
      ...MAKES_STREAM,
      ...reads('snapshotter-node1'),
    ],
    subscribe: ['seguranca.event.person', SUBJECTS.cameraFrame, SUBJECTS.recordSnapshot],
  },
  janitor: { publish: [SUBJECTS.alert, ...ANY_INBOX, ...MAKES_STREAM], subscribe: [...HOLDS, SUBJECTS.status] },
  console: {
    publish: [SUBJECTS.recordSnapshot, SUBJECTS.recordClip, ...HOLDS, ...MAKES_STREAM],
    subscribe: ['seguranca.event.person', SUBJECTS.status, SUBJECTS.clipReady],
  },
};

describe('a NATS user of deploy/nats/users.conf', () => {
  let nats: Server;
  let users: HouseUsers;

  beforeAll(async () => {
    users = await houseUsers();
    nats = await startNats({ jetstream: false, configurationPath: users.path });
  });
  afterAll(() => nats.stop());

  /** The subjects that the server had not denied by the time it answered. */
  async function allowed(role: Role, action: 'publish' | 'subscription'): Promise<string[]> {
    const client = await createClient({ NATS_URL: nats.url, ...users.settings(role) });
    const denied = new Set<string>();
    const listening = (async () => {
      for await (const status of client.status()) {
        const subject =
          status.type === 'error'
            ? /Permissions Violation for (Publish|Subscription) to "(\S+)"/.exec(status.error.message)
            : undefined;
        if (subject?.[1]?.toLowerCase() === action) denied.add(subject[2] ?? '');
      }
    })();
    for (const subject of UNIVERSE) {
      if (action === 'publish') client.publish(subject, '');
      else client.subscribe(subject, { callback: () => undefined });
    }
    await client.flush();
    await client.close();
    await listening;
    return UNIVERSE.filter((subject) => !denied.has(subject));
  }

  it.each(ROLES)('%s may publish what he is for, and nothing else', async (role) => {
    expect(new Set(await allowed(role, 'publish'))).toEqual(new Set(MAY[role].publish));
  });

  it.each(ROLES)('%s may hear what he is for, and his own inboxes, and nothing else', async (role) => {
    expect(new Set(await allowed(role, 'subscription'))).toEqual(new Set([...MAY[role].subscribe, inboxOf(role)]));
  });

  it.each(['>', 'seguranca.>', 'seguranca.record.>', '_INBOX.>', '_INBOX.*.*', '$JS.>'])(
    'hears nothing by asking for all of %s',
    async (subject) => {
      for (const role of ROLES) {
        const client = await createClient({ NATS_URL: nats.url, ...users.settings(role) });
        const refused = new Promise<boolean>((resolve) =>
          client.subscribe(subject, { callback: (error) => resolve(error !== null) }),
        );
        await client.flush();
        expect(await refused).toBe(true);
        await client.close();
      }
    },
  );

  it('worker may at least all that each of the five may', () => {
    const five = (['recorder', 'clipper', 'snapshotter', 'janitor', 'console'] as const).map((role) => MAY[role]);
    for (const action of ['publish', 'subscribe'] as const)
      expect(MAY.worker[action]).toEqual(expect.arrayContaining(five.flatMap((may) => may[action])));
  });

  it('is nobody without his password', async () => {
    await expect(createClient({ NATS_URL: nats.url })).rejects.toThrow(/authorization/i);
    await expect(createClient({ NATS_URL: nats.url, ...users.settings('viewer'), NATS_PASS: 'x' })).rejects.toThrow(
      /authorization/i,
    );
  });

  it('detector deletes no stream by naming the API for the acknowledgement of his event', async () => {
    const own = await startNats({ jetstream: false, configurationPath: users.path });
    const folder = await temporaryFolder('roles-janitor');
    const below = (name: string): string => `${folder.path}/${name}`;
    const janitor = await startWorker('janitor', {
      ...{ NATS_URL: own.url, ...users.settings('janitor'), CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s' },
      ...{
        RECORDINGS_DIR: below('recordings'),
        CLIPS_DIR: below('clips'),
        SNAPSHOTS_DIR: below('snapshots'),
        OBJECTS_DIR: below('objects'),
      },
    });
    const [clipper, detector] = await Promise.all(
      (['clipper', 'detector'] as const).map((role) => createClient({ NATS_URL: own.url, ...users.settings(role) })),
    );
    try {
      if (!clipper || !detector) throw new Error('wanted two clients');
      const manager = await jetstreamManager(clipper, { checkAPI: false });
      await until(
        () =>
          manager.streams.info(STREAM).then(
            () => true,
            () => false,
          ),
        { what: 'the stream', deadlineMs: 15_000 },
      );
      const verbs = [
        'ACCOUNT.PURGE.$G',
        'SERVER.REMOVE',
        `ACCOUNT.STREAM.MOVE.$G.${STREAM}`,
        `STREAM.PURGE.${STREAM}`,
        `STREAM.DELETE.${STREAM}`,
      ];
      detector.publish('seguranca.event.person', '{}');
      for (const verb of verbs) detector.publish('seguranca.event.person', '{}', { reply: `$JS.API.${verb}` });
      let acknowledged = 0;
      detector.subscribe(`${users.settings('detector').NATS_INBOX_PREFIX}.ack`, {
        callback: () => void (acknowledged += 1),
      });
      detector.publish('seguranca.event.person', '{}', {
        reply: `${users.settings('detector').NATS_INBOX_PREFIX}.ack`,
      });
      await detector.flush();
      await until(async () => (await manager.streams.info(STREAM)).state.messages === verbs.length + 2, {
        what: 'all events to be kept',
        deadlineMs: 5000,
      });
      await detector.flush();
      expect(acknowledged).toBe(0);
    } finally {
      await Promise.all([clipper?.close(), detector?.close(), janitor.stop()]);
      await own.stop();
      await folder.remove();
    }
  }, 60_000);
});
