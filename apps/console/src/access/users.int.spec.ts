import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { BEARER, ConsoleProcess, TOKEN } from '../testing/console-process';
import { ROUTE_RIGHTS } from './route-rights';

const PASSWORD = 'correct horse 1';
const LOOKED = { what: 'the console reads the users again', deadlineMs: 30_000 };
type Sent = { status: number; body: string; headers: Record<string, unknown> };

/** A name of cam_2's for every parameter that stands for something of a camera. */
function ofCam2(path: string): string[] {
  const names: Record<string, string[]> = {
    'api/footage': ['cam_2_2026-11-28_00-00-00.mp4', 'cam_2_20261128T000000000Z.mp4', 'anything'],
    'api/media': ['cam_2/2026-11-28/event_cam_2_1.mp4', 'cam_2%2f2026-11-28/event_cam_2_1.mp4', 'nothing'],
    'api/exports': ['export_cam_2_1732723200000_1732726800000', 'anything'],
    'api/clips': ['event_cam_2_1732723200000', 'anything'],
    'api/snapshots': ['cam_2_1732723200000', 'anything'],
    'api/events': ['event_cam_2_1732723200000', 'anything'],
    'api/protections': ['cam_2-1732723200000-0123456789ab'],
  };
  const known = Object.entries(names).find(([start]) => path.startsWith(`/${start}`))?.[1] ?? [
    'cam_2',
    'cam_%32',
    'cam_9',
  ];
  return known.map((name) => path.replace(':kind', 'clips').replace(/[:*]\w+/, name));
}

describe('people who sign in by name', () => {
  let folder: TemporaryFolder;
  let usersFile: string;
  let running: ConsoleProcess;
  beforeAll(async () => {
    folder = await temporaryFolder('console-users');
    usersFile = join(folder.path, 'users.json');
    await writeFile(join(folder.path, 'password'), `${PASSWORD}\n`);
    const cameras = ['cam_1', 'cam_2'].map((id) => ({ id, url: 'rtsp://127.0.0.1:1/s' }));
    const camerasFile = join(folder.path, 'cameras.yml');
    await writeFile(camerasFile, JSON.stringify({ cameras }));
    running = await ConsoleProcess.start({
      CONSOLE_API_TOKEN: TOKEN,
      USERS_FILE: usersFile,
      CONSOLE_ADMIN_PASSWORD_FILE: join(folder.path, 'password'),
      CAMERAS_FILE: camerasFile,
    });
    for (const role of ['viewer', 'operator'] as const) await put({ name: role, role, cameras: ['cam_1'] });
  });
  afterAll(async () => {
    await running.stop();
    await folder.remove();
  });

  const json = (method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Sent> =>
    running.ask(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const put = async (user: Record<string, unknown>): Promise<void> => {
    expect(await json('POST', '/api/users', { password: PASSWORD, ...user }, BEARER)).toMatchObject({ status: 200 });
  };
  const signIn = (user: string, password = PASSWORD): Promise<Sent> => json('POST', '/api/session', { user, password });
  const as = async (user: string, password?: string): Promise<{ cookie: string; 'x-csrf-token': string }> => {
    const { headers, body, status } = await signIn(user, password);
    expect([user, status]).toEqual([user, 200]);
    const { csrf } = JSON.parse(body) as { csrf: string };
    return { cookie: String(headers['set-cookie']).split(';')[0] ?? '', 'x-csrf-token': csrf };
  };
  const status = async (path: string, headers: Record<string, string>, method = 'GET'): Promise<number> =>
    (await running.ask(path, { method, headers })).status;

  it('keeps scrypt hashes that only the console reads, and the first admin has the given password', async () => {
    const text = await readFile(usersFile, 'utf8');
    expect(text).toMatch(/"n": 16384/);
    expect(text).not.toContain(PASSWORD);
    expect((await stat(usersFile)).mode & 0o777).toBe(0o600);
    const { headers, body } = await signIn('admin');
    expect(String(headers['set-cookie']).split(',console_session')[0]).toMatch(
      /^vr_session=[\w-]{43}; .*HttpOnly; SameSite=Strict$/,
    );
    expect(JSON.parse(body)).toMatchObject({ user: 'admin', role: 'admin', cameras: '*' });
  });

  it('shows a viewer of cam_1 nothing of another camera, by any route and name, whether it exists or not', async () => {
    for (const name of ['viewer', 'operator']) {
      const proof = await as(name);
      expect(
        (
          JSON.parse((await running.ask('/api/cameras', { headers: proof })).body) as { cameras: { id: string }[] }
        ).cameras.map(({ id }) => id),
      ).toEqual(['cam_1']);
      let asked = 0;
      for (const { method, path } of ROUTE_RIGHTS.filter((right) => /[:*]/.test(right.path) && right.least !== 'admin'))
        for (const url of ofCam2(path)) {
          const code = await status(url, proof, method);
          expect([method, url, code]).toEqual([
            method,
            url,
            name === 'viewer' && /unprotect|shares/.test(url) ? 403 : 404,
          ]);
          asked += 1;
        }
      expect(asked).toBeGreaterThan(30);
      const missing = (id: string): Promise<Sent> =>
        running.ask(`/api/cameras/${id}/timeline?start=1&end=2`, { headers: proof });
      expect((await missing('cam_2')).body.replace('cam_2', 'X')).toBe(
        (await missing('cam_9')).body.replace('cam_9', 'X'),
      );
      for (const path of [
        '/queues/',
        '/queues/api/queues',
        '/Queues/',
        '/API/cameras/cam_2/timeline',
        '/api/cameras/cam_2/timeline/',
      ])
        expect([path, await status(path, proof)]).toEqual([path, 404]);
      for (const path of ['/api/storage', '/metrics', '/health/ready', '/api/users'])
        expect([path, await status(path, proof)]).toEqual([path, 403]);
    }
    const range = { camera_id: 'cam_2', start: 1_795_000_000, end: 1_795_000_060 };
    expect((await json('POST', '/api/exports', range, await as('operator'))).status).toBe(404);
    expect((await json('POST', '/api/exports', range, await as('viewer'))).status).toBe(403);
  });

  it('lets nobody share a camera that he does not see, nor find or revoke its shares', async () => {
    const range = { camera_id: 'cam_2', start: 1_795_000_000, end: 1_795_000_060 };
    const operator = await as('operator');
    expect((await json('POST', '/api/shares', range, operator)).status).toBe(404);
    expect((await json('POST', '/api/shares', range, await as('viewer'))).status).toBe(403);
    const made = await json('POST', '/api/shares', range, BEARER);
    expect(made.status).toBe(201);
    const { share_id: id } = JSON.parse(made.body) as { share_id: string };
    expect((await running.ask('/api/shares', { headers: operator })).body).toBe('{"shares":[]}');
    expect((await running.ask('/api/shares', { headers: BEARER })).body).toContain(id);
    expect(await status(`/api/shares/${id}`, operator, 'DELETE')).toBe(404);
    expect((await json('POST', '/api/shares', { ...range, camera_id: 'cam_1' }, operator)).status).toBe(201);
    expect(await status(`/api/shares/${id}`, BEARER, 'DELETE')).toBe(204);
  });

  it('lets a viewer see and an operator do', async () => {
    const [viewer, operator] = [await as('viewer'), await as('operator')];
    for (const path of ['/', '/app.js', '/api/clips', '/api/events', '/api/protections', '/api/docs'])
      expect([path, await status(path, viewer)]).toEqual([path, 200]);
    expect(await status('/api/cameras/cam_1/snapshot', viewer, 'POST')).toBe(403);
    // It is taken; no NATS runs here that it could be passed on to.
    expect((await running.ask('/api/cameras/cam_1/snapshot', { method: 'POST', headers: operator })).body).toContain(
      'not connected to NATS',
    );
    expect(await status('/api/cameras', { cookie: 'vr_session=wrong' })).toBe(401);
  });

  it('takes no change without the CSRF token, not even of an admin', async () => {
    const { cookie } = await as('admin');
    expect(await status('/api/users', { cookie })).toBe(200);
    expect(await status('/api/users/viewer', { cookie }, 'DELETE')).toBe(403);
    expect(await status('/api/session', { cookie, 'x-csrf-token': 'x' }, 'DELETE')).toBe(403);
  });

  it('takes no name by which the audit calls those who have none', async () => {
    const named = (name: string): Promise<Sent> =>
      json('POST', '/api/users', { name, role: 'viewer', cameras: [], password: PASSWORD }, BEARER);
    for (const name of ['token', 'Janitor', 'share', 'no space'])
      expect([name, (await named(name)).status]).toEqual([name, 400]);
  });

  it('leaves nobody with the rights of a token that was given in the same browser before', async () => {
    const cleared = /console_session=; [^,]*Expires=Thu, 01 Jan 1970/;
    const { headers, body } = await signIn('viewer');
    expect(String(headers['set-cookie'])).toMatch(cleared);
    const proof = {
      cookie: String(headers['set-cookie']).split(';')[0] ?? '',
      'x-csrf-token': (JSON.parse(body) as { csrf: string }).csrf,
    };
    const left = await running.ask('/api/session', { method: 'DELETE', headers: proof });
    expect(String(left.headers['set-cookie'])).toMatch(cleared);
  });

  it('ends sessions: by sign-out, by another password, with the user', async () => {
    await put({ name: 'guest', role: 'viewer', cameras: ['cam_1'] });
    const first = await as('guest');
    const second = await as('guest');
    expect(await status('/api/session', first, 'DELETE')).toBe(204);
    expect([await status('/api/cameras', first), await status('/api/cameras', second)]).toEqual([401, 200]);
    await put({ name: 'guest', role: 'viewer', cameras: ['cam_1'], password: 'another one 2' });
    expect(await status('/api/cameras', second)).toBe(401);
    const third = await as('guest', 'another one 2');
    expect(await status('/api/users/guest', BEARER, 'DELETE')).toBe(204);
    expect(await status('/api/cameras', third)).toBe(401);
    expect(await status('/api/users/admin', BEARER, 'DELETE')).toBe(409);
  });

  it('goes on with its users where the file is broken by hand, and does not write over it', async () => {
    const [good, viewer] = [await readFile(usersFile, 'utf8'), await as('viewer')];
    await writeFile(usersFile, '{"users": [');
    expect(
      (await json('POST', '/api/users', { name: 'x', role: 'viewer', cameras: '*', password: PASSWORD }, BEARER))
        .status,
    ).toBe(409);
    expect([await status('/api/cameras', viewer), await status('/api/users', BEARER)]).toEqual([200, 200]);
    const edited = JSON.parse(good) as { users: { name: string }[] };
    await writeFile(usersFile, JSON.stringify({ users: edited.users.filter(({ name }) => name !== 'viewer') }));
    await until(async () => (await status('/api/cameras', viewer)) === 401, LOOKED);
    await writeFile(usersFile, good);
    await until(async () => (await status('/api/cameras', viewer)) === 200, LOOKED);
  });

  it('says the same of a wrong name and a wrong password, and makes who guesses wait', async () => {
    const wrong = await signIn('admin', 'wrong');
    expect([wrong.status, (await signIn('nobody', 'wrong')).body]).toEqual([401, wrong.body]);
    let last = wrong;
    for (let guess = 0; guess < 10 && last.status !== 429; guess += 1) last = await signIn('admin', `wrong ${guess}`);
    expect([last.status, last.body.includes('wrong ')]).toEqual([429, true]);
  });
});
