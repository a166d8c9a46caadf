import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditEntry } from '@vr/contracts';
import { spawnWorker, until } from '@vr/testing';
import { BEARER, ConsoleProcess, signInForm, TOKEN } from '../testing/console-process';

describe('wrong tokens', () => {
  let it_: ConsoleProcess;
  beforeAll(async () => {
    it_ = await ConsoleProcess.start({ CONSOLE_API_TOKEN: TOKEN });
  });
  afterAll(() => it_.stop());
  const guess = (token: string, from: string) =>
    it_.ask('/api/cameras', { headers: { authorization: `Bearer ${token}` } }, from);
  const audit = async (): Promise<{ who: string; why: string }[]> => {
    const names = await readdir(join(it_.folder.path, 'audit'));
    const texts = await Promise.all(names.map((name) => readFile(join(it_.folder.path, 'audit', name), 'utf8')));
    return texts
      .flatMap((lines) => lines.trim().split('\n'))
      .map((line) => auditEntry.parse(JSON.parse(line)))
      .filter(({ action }) => action === 'sign_in_refused');
  };

  it('cost the guesser time and nobody else: neither another address, nor a browser that has signed in', async () => {
    const cookie =
      ((await it_.ask('/login', signInForm(TOKEN), '127.0.0.2')).headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    for (let i = 0; i < 5; i++) expect((await guess(`guess-${i}`, '127.0.0.2')).status).toBe(401);
    const refused = await guess(TOKEN, '127.0.0.2');
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.body)]).toEqual([
      429,
      '1',
      { error: { code: 'too_many_requests', message: 'Too many wrong tokens came from this address: wait 1 s.' } },
    ]);
    const page = await it_.ask('/login', signInForm(TOKEN), '127.0.0.2');
    expect([page.status, page.headers['retry-after'], page.headers['set-cookie']]).toEqual([429, '1', undefined]);
    expect(page.body).toContain('Too many wrong tokens came from here. Wait 1 seconds, then try again.');
    expect((await it_.ask('/api/cameras', { headers: { cookie } }, '127.0.0.2')).status).toBe(200);
    expect((await guess(TOKEN, '127.0.0.3')).status).toBe(200);
    await until(async () => (await guess(TOKEN, '127.0.0.2')).status === 200, {
      what: 'the right token after the wait',
      deadlineMs: 5000,
    });
  });

  it('of 300 addresses shut nobody out, and are told in few lines of log and audit, without the token', async () => {
    for (let i = 0; i < 300; i++) await guess(`guess-of-many-${i}`, `127.1.${i >> 8}.${i & 255 || 1}`);
    expect((await guess('mistyped', '127.2.0.1')).status).toBe(401);
    expect((await guess(TOKEN, '127.2.0.2')).status).toBe(200);
    expect(Number((await guess(TOKEN, '127.2.0.1')).headers['retry-after'])).toBeGreaterThan(20);
    const lines = it_.worker.logs.filter((line) => line.includes('a wrong CONSOLE_API_TOKEN was given'));
    expect(lines.length).toBe(30);
    expect(lines[0]).toContain('"address":"127.0.0.2","count":1');
    const entries = await audit();
    expect(entries.length).toBe(30);
    expect(entries[0]).toMatchObject({ who: 'anyone 127.0.0.2', what: 'console', why: '1 wrong token' });
    expect(it_.worker.logs.join('\n') + JSON.stringify(entries)).not.toMatch(/guess-|mistyped|open-sesame/);
  });

  it('do not end the sessions of browsers, nor does a restart of the console; another token does', async () => {
    const cookie =
      ((await it_.ask('/login', signInForm(TOKEN), '127.3.0.1')).headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    const again = async (token: string): Promise<number> => {
      const below = (name: string): string => join(it_.folder.path, name);
      const folders = {
        RECORDINGS_DIR: below('recordings'),
        CLIPS_DIR: below('clips'),
        SNAPSHOTS_DIR: below('snapshots'),
        OBJECTS_DIR: below('objects'),
        AUDIT_DIR: below('audit'),
      };
      const worker = await spawnWorker('console', {
        ...folders,
        CONSOLE_API_TOKEN: token,
        NATS_URL: 'nats://127.0.0.1:1',
        REDIS_URL: 'redis://127.0.0.1:1',
      });
      try {
        await worker.waitLive();
        return (await fetch(`${worker.httpUrl}/api/cameras`, { headers: { cookie } })).status;
      } finally {
        await worker.stop();
      }
    };
    expect([await again(TOKEN), await again('another-token')]).toEqual([200, 401]);
  });
});

describe('behind a proxy', () => {
  let it_: ConsoleProcess;
  beforeAll(async () => {
    it_ = await ConsoleProcess.start({
      CONSOLE_API_TOKEN: TOKEN,
      CONSOLE_TRUST_PROXY: 'true',
      CONSOLE_PUBLIC_URL: 'https://cameras.example.org',
    });
  });
  afterAll(() => it_.stop());

  it('takes the word of the proxy for who asks and by which protocol, and nobody’s for the name', async () => {
    const by = (forwardedFor: string): Record<string, string> => ({
      host: 'cameras.example.org',
      'x-forwarded-for': forwardedFor,
      'x-forwarded-proto': 'https',
    });
    const guess = (token: string, forwardedFor: string) =>
      it_.ask('/api/cameras', { headers: { authorization: `Bearer ${token}`, ...by(forwardedFor) } });
    // The requester has written all addresses before the last one.
    for (let i = 0; i < 5; i++) expect((await guess(`guess-${i}`, `10.0.0.${i}, 192.0.2.7`)).status).toBe(401);
    expect([(await guess(TOKEN, '10.0.0.9, 192.0.2.7')).status, (await guess(TOKEN, '192.0.2.8')).status]).toEqual([
      429, 200,
    ]);
    expect(await it_.worker.waitLog(/a wrong CONSOLE_API_TOKEN/)).toContain('"address":"192.0.2.7"');
    const signedIn = await it_.ask(
      '/login',
      signInForm(TOKEN, { ...by('192.0.2.8'), origin: 'https://cameras.example.org' }),
    );
    expect(signedIn.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
    expect(
      (
        await it_.ask('/api/cameras', {
          headers: { ...BEARER, host: 'evil.example', 'x-forwarded-host': 'cameras.example.org' },
        })
      ).status,
    ).toBe(403);
  });
});
