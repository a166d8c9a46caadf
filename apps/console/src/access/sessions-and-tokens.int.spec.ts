import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiTokenMadeAnswer, apiTokensAnswer, auditEntry, sessionsAnswer } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import type { z } from 'zod';
import { BEARER, ConsoleProcess, signInForm, TOKEN, type Answer } from '../testing/console-process';

const PASSWORD = 'correct horse 1';
type Proof = Record<string, string>;

describe('sessions and tokens', () => {
  let folder: TemporaryFolder;
  let settings: Record<string, string>;
  let running: ConsoleProcess;
  beforeAll(async () => {
    folder = await temporaryFolder('console-tokens');
    await writeFile(join(folder.path, 'password'), PASSWORD);
    settings = {
      CONSOLE_API_TOKEN: TOKEN,
      USERS_FILE: join(folder.path, 'users.json'),
      CONSOLE_ADMIN_PASSWORD_FILE: join(folder.path, 'password'),
      OBJECTS_DIR: join(folder.path, 'objects'),
      AUDIT_DIR: join(folder.path, 'audit'),
    };
    running = await ConsoleProcess.start(settings);
    for (const name of ['ana', 'ben']) {
      const user = { name, role: 'operator', cameras: ['cam_1'], password: PASSWORD };
      expect((await send('POST', '/api/users', BEARER, user)).status).toBe(200);
    }
  });
  afterAll(async () => {
    await running.stop();
    await folder.remove();
  });

  const send = (method: string, path: string, headers: Proof, body?: unknown, from?: string): Promise<Answer> =>
    running.ask(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, from);
  const as = async (user: string, from?: string): Promise<Proof> => {
    const { headers, body } = await send('POST', '/api/session', {}, { user, password: PASSWORD }, from);
    const { csrf } = JSON.parse(body) as { csrf: string };
    return { cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '', 'x-csrf-token': csrf };
  };
  const status = async (path: string, proof: Proof, method = 'GET'): Promise<number> =>
    (await send(method, path, proof)).status;
  const sessions = async (proof: Proof): Promise<z.output<typeof sessionsAnswer>['sessions']> =>
    sessionsAnswer.parse(JSON.parse((await send('GET', '/api/sessions', proof)).body)).sessions;
  const tokens = async (): Promise<z.output<typeof apiTokensAnswer>['tokens']> =>
    apiTokensAnswer.parse(JSON.parse((await send('GET', '/api/tokens', BEARER)).body)).tokens;
  const bearer = (token: string): Proof => ({ authorization: `Bearer ${token}` });
  const make = async (wanted: Record<string, unknown>): Promise<{ id: string; proof: Proof; token: string }> => {
    const { status: code, body } = await send('POST', '/api/tokens', BEARER, wanted);
    expect([body, code]).toEqual([body, 201]);
    const { token_id: id, token } = apiTokenMadeAnswer.parse(JSON.parse(body));
    return { id, token, proof: bearer(token) };
  };

  it('shows people their own sessions, and admins all of them', async () => {
    const [phone, laptop] = [await as('ana', '127.0.0.8'), await as('ana')];
    await as('ben');
    const hers = await sessions(laptop);
    expect(hers.map(({ user, address, is_current }) => ({ user, address, is_current }))).toEqual([
      { user: 'ana', address: '127.0.0.1', is_current: true },
      { user: 'ana', address: '127.0.0.8', is_current: false },
    ]);
    expect((await sessions(BEARER)).map(({ user }) => user).sort()).toEqual(['ana', 'ana', 'ben']);
    expect(JSON.stringify(hers)).not.toContain(phone['cookie']?.split('=')[1] ?? '?');
  });

  it('ends one session at once, of oneself or, for an admin, of anybody', async () => {
    const [phone, laptop, ben] = [await as('ana'), await as('ana'), await as('ben')];
    const current = async (proof: Proof): Promise<string> =>
      (await sessions(proof)).find(({ is_current }) => is_current)?.session_id ?? '?';
    const [phoneId, benId] = [await current(phone), await current(ben)];
    expect(await status(`/api/sessions/${benId}`, laptop, 'DELETE')).toBe(404);
    expect(await status('/api/cameras', ben)).toBe(200);
    expect(await status(`/api/sessions/${phoneId}`, { cookie: laptop['cookie'] ?? '' }, 'DELETE')).toBe(403);
    expect(await status(`/api/sessions/${phoneId}`, laptop, 'DELETE')).toBe(204);
    expect([await status('/api/cameras', phone), await status('/api/cameras', laptop)]).toEqual([401, 200]);
    expect(await status(`/api/sessions/${phoneId}`, laptop, 'DELETE')).toBe(404);
    expect(await status(`/api/sessions/${benId}`, BEARER, 'DELETE')).toBe(204);
    expect(await status('/api/cameras', ben)).toBe(401);
  });

  it('makes a token that may do what its role may, with its cameras, and tells it once', async () => {
    const { token, proof, id } = await make({ name: 'wall', role: 'viewer', cameras: ['cam_1'] });
    expect([
      await status('/api/cameras/cam_1/timeline?start=1795000000&end=1795000060', proof),
      await status('/api/users', proof),
    ]).toEqual([200, 403]);
    for (const path of [
      '/api/cameras/cam_2/timeline?start=1795000000&end=1795000060',
      '/api/cameras/cam_9/timeline?start=1795000000&end=1795000060',
    ])
      expect([path, await status(path, proof)]).toEqual([path, 404]);
    expect(await status('/api/cameras/cam_1/snapshot', proof, 'POST')).toBe(403);
    expect(await status('/api/tokens', proof)).toBe(403);
    expect(await tokens()).toContainEqual(
      expect.objectContaining({ token_id: id, name: 'wall', role: 'viewer', cameras: ['cam_1'], created_by: 'token' }),
    );
    expect(JSON.stringify(await tokens())).not.toContain(token);
    const file = join(folder.path, '.api-tokens.json');
    expect(await readFile(file, 'utf8')).not.toContain(token.slice(4));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('gives nobody a browser session of the admin for a token of less', async () => {
    const { token } = await make({ name: 'form', role: 'viewer', cameras: ['cam_1'] });
    const answer = await running.ask('/login', signInForm(token));
    expect([answer.headers.location, answer.headers['set-cookie']]).toEqual(['/login.html?wrong', undefined]);
  });

  it('keeps tokens over a restart, refuses a revoked one at once and after a restart, and no other', async () => {
    const [gone, other] = [
      await make({ name: 'gone', role: 'admin', cameras: '*' }),
      await make({ name: 'other', role: 'operator', cameras: '*' }),
    ];
    await running.stop();
    running = await ConsoleProcess.start(settings);
    expect([await status('/api/users', gone.proof), await status('/api/clips', other.proof)]).toEqual([200, 200]);
    expect(await status(`/api/tokens/${gone.id}`, other.proof, 'DELETE')).toBe(403);
    expect(await status(`/api/tokens/${gone.id}`, BEARER, 'DELETE')).toBe(204);
    expect(await status('/api/users', gone.proof)).toBe(401);
    expect(await status(`/api/tokens/${gone.id}`, BEARER, 'DELETE')).toBe(404);
    await running.stop();
    running = await ConsoleProcess.start(settings);
    expect([await status('/api/users', gone.proof), await status('/api/clips', other.proof)]).toEqual([401, 200]);
    expect(await status('/api/users', BEARER)).toBe(200);
  });

  it('writes into the audit who made and revoked what, and never a token', async () => {
    const { token, id } = await make({ name: 'audited', role: 'viewer', cameras: '*' });
    expect(await status(`/api/tokens/${id}`, BEARER, 'DELETE')).toBe(204);
    const ana = await as('ana');
    const session = (await sessions(ana)).find(({ is_current }) => is_current)?.session_id ?? '?';
    expect(await status(`/api/sessions/${session}`, ana, 'DELETE')).toBe(204);
    const names = await readdir(join(folder.path, 'audit'));
    const lines = (await Promise.all(names.map((name) => readFile(join(folder.path, 'audit', name), 'utf8')))).join('');
    const entries = lines
      .trim()
      .split('\n')
      .map((line) => auditEntry.parse(JSON.parse(line)));
    const who = 'token 127.0.0.1';
    for (const entry of [
      { who, action: 'token_made', what: `${id} audited` },
      { who, action: 'token_revoked', what: `${id} audited` },
      { who: 'ana 127.0.0.1', action: 'session_revoked', what: `${session} of ana` },
    ])
      expect(entries).toContainEqual(expect.objectContaining(entry));
    expect(lines).not.toContain(token);
  });

  it.each([
    [400, { name: 'x', role: 'admin', cameras: ['cam_1'] }],
    [400, { name: 'x', role: 'root', cameras: '*' }],
    [400, { name: '../x', role: 'viewer', cameras: '*' }],
    [409, { name: 'wall', role: 'viewer', cameras: '*' }],
  ])('%i for %j', async (code, wanted) => {
    expect((await send('POST', '/api/tokens', BEARER, wanted)).status).toBe(code);
  });

  it('makes no token without USERS_FILE', async () => {
    const alone = await ConsoleProcess.start({ CONSOLE_API_TOKEN: TOKEN });
    try {
      const asked = {
        method: 'POST',
        headers: BEARER,
        body: JSON.stringify({ name: 'x', role: 'viewer', cameras: '*' }),
      };
      expect((await alone.ask('/api/tokens', asked)).status).toBe(409);
      expect((await alone.ask('/api/tokens', { headers: BEARER })).status).toBe(409);
    } finally {
      await alone.stop();
    }
  });
});
