// Another user of the same machine looks at `npm start`. The stack's own servers ask for a password, and its files are
// its owner's. Its terminal says why a camera is not recorded.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createClient } from '@vr/messaging';
import {
  endWithUs,
  REPOSITORY,
  runToEnd,
  startCamera,
  temporaryFolder,
  until,
  type Camera,
  type TemporaryFolder,
} from '@vr/testing';

interface StackFile {
  pid: number;
  nats_url: string;
  redis_url: string;
  console_url: string;
}

const WRONG_PASSWORD = 'gate:code@7';
const READY_WITHIN_MS = 80_000;

let folder: TemporaryFolder;
let camera: Camera;
let output = '';
let starter: ChildProcessByStdio<null, Readable, Readable>;

async function start(settings: Record<string, string> = {}): Promise<StackFile> {
  output = '';
  const ports = Object.fromEntries(
    ['RECORDER', 'SNAPSHOTTER', 'CLIPPER', 'JANITOR', 'CONSOLE'].map((name) => [`${name}_HTTP_PORT`, '0']),
  );
  const url = camera.url(1).replace(/\/\/.*@/, `//admin:${encodeURIComponent(WRONG_PASSWORD)}@`);
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATA_DIR: join(folder.path, 'data'),
    CAMERA_CAM_1_URL: url,
    CAMERA_CAM_2_URL: camera.url(2),
    CLIP_PRE_SECONDS: '1',
    CLIP_POST_SECONDS: '1',
    ...ports,
    ...settings,
  };
  starter = spawn(process.execPath, [join(REPOSITORY, 'deploy/local/start.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(starter);
  for (const stream of [starter.stdout, starter.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await until(() => /^ready /m.test(output) || starter.exitCode !== null, {
    what: 'the line that begins with ready',
    deadlineMs: READY_WITHIN_MS,
  }).catch((error: unknown) => {
    throw new Error(`npm start said\n${output}`, { cause: error });
  });
  return JSON.parse(await readFile(join(folder.path, 'data/stack.json'), 'utf8')) as StackFile;
}

async function stop(): Promise<number | null> {
  const ended = once(starter, 'exit') as Promise<[number | null]>;
  starter.kill('SIGINT');
  return (await ended)[0];
}

/** What Redis says to somebody who connects and asks, or who gives a password first. */
function askRedis(url: URL, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) }, () => socket.write(question));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString());
    });
  });
}

async function everyPath(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return [
    root,
    ...entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name)),
  ];
}

/** The command lines of all processes of this machine that anybody may read. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'gone')));
}

beforeAll(async () => {
  folder = await temporaryFolder('local-stack');
  camera = await startCamera({ cameras: [1, 2] });
});
afterAll(async () => {
  if (starter.exitCode === null) await stop();
  await camera.stop();
  await folder.remove();
});

describe('the local stack', () => {
  let stack: StackFile;
  let passwords: string[];
  beforeAll(async () => {
    stack = await start();
    passwords = [new URL(stack.nats_url).password, new URL(stack.redis_url).password];
  }, READY_WITHIN_MS + 20_000);

  it('says where its console is', () => {
    expect(output).toMatch(/^ready {2}http:\/\/127\.0\.0\.1:\d+ {2}\(Ctrl-C/m);
    expect(output).toContain(`ready  ${stack.console_url}  (`);
  });

  it('has a NATS that takes who knows the URL of stack.json, and nobody else', async () => {
    const { host } = new URL(stack.nats_url);
    await expect(createClient({ NATS_URL: `nats://${host}` })).rejects.toThrow(/authorization/i);
    await expect(createClient({ NATS_URL: `nats://local:guess@${host}` })).rejects.toThrow(/authorization/i);
    const detector = await createClient({ NATS_URL: stack.nats_url });
    await detector.flush();
    await detector.close();
  });

  it('has a Redis that does nothing without the password', async () => {
    const url = new URL(stack.redis_url);
    expect(await askRedis(url, 'KEYS *\r\n')).toMatch(/^-NOAUTH/);
    expect(await askRedis(url, `AUTH ${url.password}\r\n`)).toBe('+OK\r\n');
  });

  it('says where a detector finds the URL, and shows no password on the terminal', () => {
    expect(output).toMatch(/^detectors .*nats_url in .*stack\.json$/m);
    for (const secret of [...passwords, WRONG_PASSWORD, encodeURIComponent(WRONG_PASSWORD)])
      expect(output).not.toContain(secret);
  });

  it('says on the terminal why a camera is not recorded', async () => {
    await until(() => output.includes('camera_unauthorized'), { what: 'the reason', deadlineMs: 20_000 });
    expect(output).toMatch(/recorder +warn: cam_1: could not connect to the camera; trying again: camera_unauthorized/);
  });

  it('says once on the terminal what all workers log of an old nats-server', async () => {
    const logs = join(folder.path, 'data/logs');
    const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')));
    const warned = texts.filter((text) => text.includes('GHSA-'));
    expect(output.match(/GHSA-/g)?.length ?? 0).toBe(Math.min(1, warned.length));
  });

  it('takes an event from `npm run event`, which waits for the clip', async () => {
    const footage = join(folder.path, 'data/recordings/cam_2');
    await until(async () => (await everyPath(footage)).some((path) => path.endsWith('.mp4')), {
      what: 'footage of cam_2',
      deadlineMs: 30_000,
    });
    const tool = join(REPOSITORY, 'tools/event.ts');
    const run = (...words: string[]): Promise<{ stdout: Buffer }> =>
      runToEnd('env', [`DATA_DIR=${join(folder.path, 'data')}`, process.execPath, '--import', 'tsx', tool, ...words]);
    expect((await run('cam_2', 'person')).stdout.toString()).toMatch(/^clip\.ready +http:.*event_cam_2_/m);
    await expect(run('no_such_camera')).rejects.toThrow(
      /exit 2: there is no camera no_such_camera; there are: cam_1, cam_2/,
    );
    await expect(run()).rejects.toThrow(/exit 2: wanted a camera/);
  }, 60_000);

  it('shows no password in any command line, nor in a log', async () => {
    const logs = join(folder.path, 'data/logs');
    const told = [
      ...(await commandLines()),
      ...(await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')))),
    ];
    expect(told.some((line) => line.includes('redis-server'))).toBe(true);
    for (const secret of [...passwords, WRONG_PASSWORD, encodeURIComponent(WRONG_PASSWORD)])
      expect(told.filter((line) => line.includes(secret))).toEqual([]);
  });

  it('lets nobody but its owner into its files and folders', async () => {
    const open: string[] = [];
    const paths = await everyPath(join(folder.path, 'data'));
    for (const path of paths) {
      const found = await stat(path).catch(() => undefined); // a temporary file may be gone by now
      if (found && (found.mode & 0o077) !== 0) open.push(path);
    }
    expect(open).toEqual([]);
    expect(paths.length).toBeGreaterThan(20);
  });

  it(
    'keeps its passwords and ports over a restart, says where others find its console, and ends with exit 0',
    async () => {
      expect(await stop()).toBe(0);
      const again = await start({ CONSOLE_PUBLIC_URL: 'http://recorder.lan:8080' });
      expect(again.console_url).toBe('http://recorder.lan:8080');
      expect(output).toMatch(
        /^ready {2}http:\/\/recorder\.lan:8080 {2}\(on this machine http:\/\/127\.0\.0\.1:\d+; Ctrl-C/m,
      );
      expect([again.nats_url, again.redis_url]).toEqual([stack.nats_url, stack.redis_url]);
      expect([new URL(again.nats_url).password, new URL(again.redis_url).password]).toEqual(passwords);
      expect(await stop()).toBe(0);
    },
    READY_WITHIN_MS + 40_000,
  );
});
