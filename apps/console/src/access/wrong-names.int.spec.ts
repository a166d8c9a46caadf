import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { BEARER, ConsoleProcess, TOKEN, type Answer } from '../testing/console-process';

const PASSWORD = 'correct horse 1';
const HOME = '127.0.0.9';

describe('many addresses that guess the password of one name', () => {
  let folder: TemporaryFolder;
  let settings: Record<string, string>;
  let running: ConsoleProcess;
  beforeAll(async () => {
    folder = await temporaryFolder('console-names');
    await writeFile(join(folder.path, 'password'), PASSWORD);
    settings = {
      CONSOLE_API_TOKEN: TOKEN,
      USERS_FILE: join(folder.path, 'users.json'),
      CONSOLE_ADMIN_PASSWORD_FILE: join(folder.path, 'password'),
      OBJECTS_DIR: folder.path,
    };
    running = await ConsoleProcess.start(settings);
  });
  afterAll(async () => {
    await running.stop();
    await folder.remove();
  });

  const signIn = (user: string, password: string, from: string): Promise<Answer> =>
    running.ask('/api/session', { method: 'POST', body: JSON.stringify({ user, password }) }, from);
  /** Guesses from one address after another, until the next one has to wait for so long. */
  const guess = async (user: string, from: string, waitSeconds: number): Promise<void> => {
    let nth = 0;
    const isSlow = async (): Promise<boolean> => {
      nth += 1;
      const { status, headers } = await signIn(user, `guess ${nth}`, `${from}.${nth % 250}`);
      return status === 429 && Number(headers['retry-after']) >= waitSeconds;
    };
    await until(isSlow, { what: `guessers of ${user} wait`, deadlineMs: 60_000 });
  };

  it('slow down whoever comes from elsewhere for that name, but not the address that signed in before', async () => {
    expect((await signIn('admin', PASSWORD, HOME)).status).toBe(200);
    await running.stop();
    running = await ConsoleProcess.start(settings);
    await guess('admin', '127.0.1', 2);
    const stranger = await signIn('admin', PASSWORD, '127.0.2.1');
    expect([stranger.status, stranger.body]).toEqual([429, expect.stringContaining('for this name')]);
    expect(Number(stranger.headers['retry-after'])).toBeLessThanOrEqual(30);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `user=admin&token=${encodeURIComponent(PASSWORD)}`;
    expect((await running.ask('/login', { method: 'POST', headers: form, body }, '127.0.2.2')).status).toBe(429);
    expect((await signIn('admin', PASSWORD, HOME)).status).toBe(200);
    expect((await running.ask('/api/cameras', { headers: BEARER }, '127.0.2.1')).status).toBe(200);
    // He only has to wait.
    await until(async () => (await signIn('admin', PASSWORD, '127.0.2.1')).status === 200, {
      what: 'the stranger is heard',
      deadlineMs: 30_000,
    });
  });

  it('slow down a name of nobody alike, so the wait tells nothing about names', async () => {
    await guess('nobody', '127.0.3', 2);
    expect((await signIn('nobody', PASSWORD, '127.0.2.3')).status).toBe(429);
  });

  it('count the same wrong password again and again: each try takes a core for a moment', async () => {
    const statuses: number[] = [];
    for (let nth = 0; nth < 12; nth += 1) statuses.push((await signIn('somebody', 'the same', '127.0.4.1')).status);
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
  });
});
