// Two cameras have the same: footage, clips, snapshots, exports, protections. Who sees one sees nothing of the other.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { utcDay } from '@vr/base';
import {
  cameraId,
  clipKey,
  clipRecord,
  eventClipId,
  exportIdOf,
  EXPORTS_FOLDER,
  snapshotIdOf,
  snapshotKey,
  type CameraId,
} from '@vr/contracts';
import { protectionOf, writeProtection } from '@vr/protections';
import { TestStream } from '@vr/recorded';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { BEARER, ConsoleProcess, TOKEN, type Answer } from '../testing/console-process';
import { ROUTE_RIGHTS } from './route-rights';

const PASSWORD = 'correct horse 1';
const START_MS = Math.floor(Date.now() / 1000) * 1000 - 120_000;
const END_MS = START_MS + 4000;
const RANGE = `start=${START_MS / 1000}&end=${END_MS / 1000}`;
const [MINE, OTHER] = [cameraId.parse('cam_1'), cameraId.parse('cam_2')];
type Proof = Record<string, string>;
const NO_NATS = 500;

/** What there is of a camera, by the names that its routes take. */
interface Things {
  camera: CameraId;
  segment: string;
  clip: string;
  clipKey: string;
  snapshot: string;
  snapshotKey: string;
  exported: string;
  protection: string;
  share: string;
}

/**
 * Each route that names a camera, with what really is there of it. The number is what an admin gets: neither NATS nor
 * Redis runs here, so what has to be passed on to a worker ends there.
 */
function routesOf(of: Things): Record<string, { url: string; admin: number; body?: object }> {
  const camera = `/api/cameras/${of.camera}`;
  const range = { start: START_MS / 1000, end: END_MS / 1000 };
  const at = `at=${START_MS / 1000 + 1}`;
  return {
    'GET /api/cameras/:id/timeline': { url: `${camera}/timeline?${RANGE}`, admin: 200 },
    'GET /api/cameras/:id/index': { url: `${camera}/index?${RANGE}`, admin: 200 },
    'GET /api/cameras/:id/footage.m3u8': { url: `${camera}/footage.m3u8?${RANGE}`, admin: 200 },
    // Nothing is being recorded, which is for those alone to know who see the camera.
    'GET /api/cameras/:id/live.m3u8': { url: `${camera}/live.m3u8`, admin: 404 },
    'GET /api/cameras/:id/clip.mp4': { url: `${camera}/clip.mp4?${RANGE}`, admin: 200 },
    'GET /api/cameras/:id/snapshot.jpg': { url: `${camera}/snapshot.jpg?${at}`, admin: 200 },
    'GET /api/cameras/:id/thumb.jpg': { url: `${camera}/thumb.jpg?${at}&width=160`, admin: 200 },
    'GET /api/footage/:fileName': { url: `/api/footage/${of.segment}`, admin: 200 },
    'GET /api/events/:id/picture.jpg': { url: `/api/events/${of.clip}/picture.jpg`, admin: 200 },
    'GET /api/media/:kind/*key': { url: `/api/media/clips/${of.clipKey}`, admin: 200 },
    'GET /api/exports/:id': { url: `/api/exports/${of.exported}`, admin: 200 },
    'GET /api/exports/:id/file': { url: `/api/exports/${of.exported}/file`, admin: 200 },
    'POST /api/cameras/:id/snapshot': { url: `${camera}/snapshot`, admin: NO_NATS, body: {} },
    'POST /api/cameras/:id/clip': { url: `${camera}/clip`, admin: NO_NATS, body: range },
    'POST /api/cameras/:id/protect': { url: `${camera}/protect`, admin: NO_NATS, body: { ...range, reason: 'x' } },
    'POST /api/protections/:id/unprotect': {
      url: `/api/protections/${of.protection}/unprotect`,
      admin: NO_NATS,
      body: { reason: 'x' },
    },
    'POST /api/exports': { url: '/api/exports', admin: 202, body: { camera_id: of.camera, ...range } },
    'POST /api/shares': { url: '/api/shares', admin: 201, body: { camera_id: of.camera, ...range } },
    'DELETE /api/shares/:id': { url: `/api/shares/${of.share}`, admin: 204 },
    'DELETE /api/exports/:id': { url: `/api/exports/${of.exported}`, admin: NO_NATS },
    'DELETE /api/clips/:id': { url: `/api/clips/${of.clip}`, admin: NO_NATS },
    'DELETE /api/snapshots/:id': { url: `/api/snapshots/${of.snapshot}`, admin: NO_NATS },
  };
}

/** These name what belongs to a person. */
const OF_NO_CAMERA = new Set(['DELETE /api/sessions/:id']);

/** More ways to the same things, as somebody would try them who guesses. */
function guessesAt(of: Things): string[] {
  const encoded = of.camera.replace('_', '%5f');
  return [
    `/api/cameras/${encoded}/clip.mp4?${RANGE}`,
    `/api/cameras/${of.camera}/clip.mp4?${RANGE}&camera=cam_1&id=cam_1`,
    `/api/cameras/${of.camera}/timeline?${RANGE}&stream=sub`,
    `/api/cameras/cam_1%2f..%2f${of.camera}/timeline?${RANGE}`,
    `/api/footage/${of.segment}?zero=${START_MS / 1000}`,
    `/api/footage/${of.segment.replace('_', '%5f')}`,
    `/api/media/clips/${of.clipKey.replaceAll('/', '%2f')}`,
    `/api/media/clips/cam_1/../${of.clipKey}`,
    `/api/media/clips/cam_1%2f..%2f${of.clipKey}`,
    `/api/media/clips/${of.clipKey.replace('.mp4', '.jpg')}`,
    `/api/media/snapshots/${of.snapshotKey}`,
    `/api/media/snapshots/${of.snapshotKey.replace('_', '%5f')}?download`,
  ];
}

/** These do not name their camera in the path: whether the role may is looked at first. */
const WITHOUT_CAMERA: Record<string, string> = {
  'POST /api/exports': '404 unknown_camera',
  'POST /api/shares': '404 unknown_camera',
  'DELETE /api/shares/:id': '404 not_found',
  'POST /api/protections/:id/unprotect': '404 not_found',
};

function refusal(role: 'viewer' | 'operator', route: string): string {
  const late = WITHOUT_CAMERA[route];
  if (late === undefined) return '404 unknown_camera';
  return role === 'viewer' ? '403 forbidden' : late;
}

function codeOf({ status, body }: Pick<Answer, 'status' | 'body'>): string {
  return `${status} ${/^\{"error":\{"code":"(\w+)"/.exec(body)?.[1] ?? ''}`.trim();
}

describe('a viewer and an operator of cam_1, where cam_2 has the same', () => {
  let folder: TemporaryFolder;
  let running: ConsoleProcess;
  let mine: Things;
  let other: Things;
  const proofs: Record<'viewer' | 'operator', Proof> = { viewer: {}, operator: {} };

  beforeAll(async () => {
    folder = await temporaryFolder('console-limits');
    const camerasFile = join(folder.path, 'cameras.yml');
    const cameras = [MINE, OTHER].map((id) => ({ id, url: 'rtsp://127.0.0.1:1/s' }));
    await writeFile(camerasFile, JSON.stringify({ cameras }));
    const usersFile = join(folder.path, 'users.json');
    running = await ConsoleProcess.start({
      ...{ CONSOLE_API_TOKEN: TOKEN, USERS_FILE: usersFile, CONSOLE_ADMIN_PASSWORD: PASSWORD },
      CAMERAS_FILE: camerasFile,
    });
    const stream = await TestStream.encode(4);
    [mine, other] = [await make(stream, MINE), await make(stream, OTHER)];
    for (const role of ['viewer', 'operator'] as const) {
      const user = { name: role, role, cameras: [MINE], password: PASSWORD };
      expect((await ask('POST', '/api/users', BEARER, user)).status).toBe(200);
      const { headers, body } = await ask('POST', '/api/session', {}, { user: role, password: PASSWORD });
      const { csrf } = JSON.parse(body) as { csrf: string };
      proofs[role] = { cookie: String(headers['set-cookie']).split(';')[0] ?? '', 'x-csrf-token': csrf };
    }
  }, 60_000);
  afterAll(async () => {
    await running.stop();
    await folder.remove();
  });

  const ask = (method: string, path: string, headers: Proof, body?: object): Promise<Answer> =>
    running.ask(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });

  async function make(stream: TestStream, camera: CameraId): Promise<Things> {
    const below = (...names: string[]): string => join(running.folder.path, ...names);
    await stream.record(below('recordings'), camera, START_MS, 0, 4);
    const [segment = ''] = await readdir(below('recordings', camera, utcDay(START_MS)));
    const write = async (path: string, content: string): Promise<void> => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    };
    const seconds = { timestamp: START_MS / 1000, start: START_MS / 1000, end: END_MS / 1000 };
    const facts = { size_bytes: 4, codec: 'h264', width: 320, height: 180, partial: false, gaps: [] };

    const clip = eventClipId(camera, START_MS);
    const key = clipKey({ clipId: clip }, 'mp4');
    const ready = {
      ...{ clip_id: clip, event_id: 'e', camera_id: camera, event_type: 'person', url: '', thumbnail_url: '' },
      ...{ ...seconds, duration: 4, requested_start: seconds.start, requested_end: seconds.end, ...facts },
      ...{ bucket: 'clips', key, sha256: '0'.repeat(64), source: {} },
    };
    const window = { timestampMs: START_MS, startMs: START_MS, endMs: END_MS };
    const job = {
      clipId: clip,
      identity: clip,
      cameraId: camera,
      ...window,
      eventId: 'e',
      eventType: 'person',
      source: {},
    };
    const record = clipRecord.parse({ state: 'announced', job, ready });
    await write(below('clips', key.replace('.mp4', '.json')), JSON.stringify(record));
    for (const kind of ['mp4', 'jpg'] as const)
      for (const root of ['clips', 'objects/clips']) await write(below(root, clipKey({ clipId: clip }, kind)), 'clip');

    const snapshot = snapshotIdOf(camera, START_MS);
    for (const root of ['snapshots', 'objects/snapshots']) await write(below(root, snapshotKey(snapshot)), 'shot');

    const exported = exportIdOf(camera, START_MS, END_MS);
    const made = { export_id: exported, camera_id: camera, start: seconds.start, end: seconds.end, ...facts };
    const atPath = (kind: string): string => below('clips', EXPORTS_FOLDER, `${exported}.${kind}`);
    await write(atPath('json'), JSON.stringify({ ...made, created_at: seconds.end }));
    await write(atPath('mp4'), 'made');

    const held = protectionOf({ cameraId: camera, startMs: START_MS, endMs: END_MS, reason: 'theft' }, END_MS);
    await writeProtection(below('recordings'), held);
    const range = { camera_id: camera, start: seconds.start, end: seconds.end };
    const shared = await ask('POST', '/api/shares', BEARER, range);
    const { share_id: share } = JSON.parse(shared.body) as { share_id: string };
    const names = { segment, clip, clipKey: key, snapshot, snapshotKey: snapshotKey(snapshot), exported };
    return { camera, ...names, share, protection: held.protection_id };
  }

  it('tries every route that names a camera', () => {
    const named = ROUTE_RIGHTS.filter(({ least, path }) => least !== 'admin' && /[:*]/.test(path))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !OF_NO_CAMERA.has(route));
    const wanted = [...named, 'POST /api/exports', 'POST /api/shares'];
    expect(Object.keys(routesOf(other)).sort()).toEqual(wanted.sort());
  });

  it('get 404 for each thing of cam_2 that an admin gets, the same as of a camera that does not exist', async () => {
    for (const [route, { url, admin, body }] of Object.entries(routesOf(other))) {
      const method = route.split(' ')[0] ?? '';
      for (const role of ['viewer', 'operator'] as const) {
        const answer = await ask(method, url, proofs[role], body);
        expect([role, route, codeOf(answer)]).toEqual([role, route, refusal(role, route)]);
      }
      const answer = await ask(method, url, BEARER, body);
      expect([route, answer.status]).toEqual([route, admin]);
      expect([route, codeOf(answer)]).not.toEqual([route, '404 unknown_camera']);
    }
    const nobody = { ...other, camera: cameraId.parse('cam_9') };
    const url = ({ camera }: Pick<Things, 'camera'>): string => `/api/cameras/${camera}/timeline?${RANGE}`;
    const [hidden, missing] = [
      await ask('GET', url(other), proofs.viewer),
      await ask('GET', url(nobody), proofs.viewer),
    ];
    expect(hidden.body.replace('cam_2', 'X')).toBe(missing.body.replace('cam_9', 'X'));
  });

  it('get nothing of it by other spellings and other ways', async () => {
    for (const role of ['viewer', 'operator'] as const)
      for (const url of guessesAt(other)) {
        const { status, body } = await ask('GET', url, proofs[role]);
        const isRefused = [400, 404].includes(status) && body.startsWith('{"error"');
        expect([role, url, isRefused ? 'refused' : `${status} ${body}`]).toEqual([role, url, 'refused']);
      }
  });

  it('find none of it in a list, by no filter; an admin does', async () => {
    const listed = async (list: string, headers: Proof, query = ''): Promise<CameraId[] | string> => {
      const answer = await ask('GET', `/api/${list}${query}`, headers);
      return answer.status === 200 ? [MINE, OTHER].filter((camera) => answer.body.includes(camera)) : codeOf(answer);
    };
    for (const list of ['cameras', 'clips', 'snapshots', 'events', 'exports', 'protections']) {
      // At once, because the list of exports waits some seconds for Redis.
      const [all, ...limited] = await Promise.all([
        listed(list, BEARER),
        ...Object.values(proofs).flatMap((proof) => [listed(list, proof), listed(list, proof, '?camera=cam_2')]),
      ]);
      expect([list, all]).toEqual([list, ['cam_1', 'cam_2']]);
      expect([list, limited[0], limited[2]]).toEqual([list, ['cam_1'], ['cam_1']]);
      expect([list, limited[1], limited[3]].flat()).not.toContain('cam_2');
    }
  });

  it('find no link to it', async () => {
    const shared = async (headers: Proof): Promise<string> => (await ask('GET', '/api/shares', headers)).body;
    const [all, limited] = [await shared(BEARER), await shared(proofs.operator)];
    expect([all.includes('cam_2'), limited.includes('cam_1'), limited.includes('cam_2')]).toEqual([true, true, false]);
  });

  it('get all of cam_1 that their role may have', async () => {
    for (const [route, { url, admin, body }] of Object.entries(routesOf(mine))) {
      const method = route.split(' ')[0] ?? '';
      const [viewer, operator] = [
        await ask(method, url, proofs.viewer, body),
        await ask(method, url, proofs.operator, body),
      ];
      expect([route, viewer.status, operator.status]).toEqual([route, method === 'GET' ? admin : 403, admin]);
    }
  });
});
