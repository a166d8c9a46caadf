// What a start costs and what the workers hold, of this build and, in the same run and in turns, of another one: the
// dist/apps of an older checkout. It prints Markdown tables. It needs Linux (/proc), and strace to count opened files.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  childrenOf,
  cpuSplitMs,
  endWithUs,
  freePort,
  memoryOf,
  REPOSITORY,
  startCamera,
  startNats,
  startRedis,
  temporaryFolder,
  until,
  type App,
} from '@vr/testing';
import { NODE_ENVIRONMENT, nodeFlags } from '../../deploy/local/node-flags.mjs';

const APPS: readonly App[] = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];
const SETTLED_MS = 20_000;
const LOOK_MS = 5;

export interface BootBench {
  starts: number;
  /** The dist/apps of another build, or `none`. */
  against: string;
}

interface Start {
  pictureMs: number;
  upMs: number;
  cpuMs: number;
}

export async function benchBoot({ starts, against }: BootBench): Promise<void> {
  const builds = new Map([
    ...(against === 'none' ? [] : [['before', against] as const]),
    ['now', join(REPOSITORY, 'dist/apps')],
  ]);
  const folder = await temporaryFolder('bench-boot');
  const [nats, redis, camera] = await Promise.all([
    startNats(),
    startRedis(),
    startCamera({ cameras: [1, 2, 3, 4], gopSeconds: 1, size: '1920x1080' }),
  ]);
  const environment = (cameras: number[]): NodeJS.ProcessEnv => ({
    ...{ PATH: process.env['PATH'], NATS_URL: nats.url, REDIS_URL: redis.url, LOG_LEVEL: 'info', ...NODE_ENVIRONMENT },
    RECORDINGS_DIR: join(folder.path, 'recordings'),
    CLIPS_DIR: join(folder.path, 'clips'),
    SNAPSHOTS_DIR: join(folder.path, 'snapshots'),
    OBJECTS_DIR: join(folder.path, 'objects'),
    ...Object.fromEntries(cameras.map((n) => [`CAMERA_CAM_${n}_URL`, camera.url(n)])),
  });
  try {
    console.log(
      `${cpus().length} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`,
    );
    const seen = new Map([...builds.keys()].map((name) => [name, [] as Start[]]));
    for (let i = 0; i < starts; i++)
      for (const [name, build] of builds)
        seen.get(name)?.push(await startRecorder(build, environment([1]), join(folder.path, 'recordings')));
    console.log('| recorder, its median of starts | first picture on disk ms | up ms | own CPU ms | files opened |');
    console.log('| --- | ---: | ---: | ---: | ---: |');
    for (const [name, build] of builds) {
      const of = (key: keyof Start): string => median((seen.get(name) ?? []).map((each) => each[key])).toFixed(0);
      const files = await filesOpened(build, environment([]), join(folder.path, 'strace'));
      console.log(`| ${name} | ${of('pictureMs')} | ${of('upMs')} | ${of('cpuMs')} | ${files} |`);
    }
    console.log(`\n| PSS MB, ${SETTLED_MS / 1000} s after the start | ${APPS.join(' | ')} | all |`);
    console.log(`| --- |${' ---: |'.repeat(APPS.length + 1)}`);
    for (const cameras of [[], [1, 2, 3, 4]]) {
      for (const [name, build] of builds) {
        const held = await memoryHeld(build, environment(cameras));
        const sum = held.reduce((all, each) => all + each, 0);
        const cells = [...held, sum].map((bytes) => (bytes / 1024 ** 2).toFixed(0));
        console.log(`| ${name}, ${cameras.length} cameras | ${cells.join(' | ')} |`);
      }
    }
  } finally {
    await Promise.all([camera, nats, redis].map((server) => server.stop()));
    await folder.remove();
  }
}

async function launch(build: string, app: App, env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePort();
  const child = spawn(process.execPath, [...nodeFlags(app, env), '--enable-source-maps', join(build, app, 'main.js')], {
    env: { ...env, HTTP_PORT: `${port}` },
    stdio: 'ignore',
  });
  endWithUs(child);
  return { child, url: `http://127.0.0.1:${port}/health/live` };
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** Each start is the first one on an empty disk. */
async function startRecorder(build: string, env: NodeJS.ProcessEnv, recordings: string): Promise<Start> {
  await rm(recordings, { recursive: true, force: true });
  await mkdir(recordings);
  const begunMs = performance.now();
  const { child, url } = await launch(build, 'recorder', env);
  let upMs = 0;
  const up = until(async () => (await fetch(url)).ok, { what: 'the recorder', deadlineMs: 30_000 }).then(() => {
    upMs = performance.now() - begunMs;
  });
  while (!(await hasPicture(recordings)) && performance.now() - begunMs < 30_000) await wait(LOOK_MS);
  const pictureMs = performance.now() - begunMs;
  await up;
  const { userMs, systemMs } = await cpuSplitMs(child.pid ?? 0);
  await end(child);
  return { pictureMs, upMs, cpuMs: userMs + systemMs };
}

/** The open file holds a fragment: more than its init segment, which is below 2 KB. */
async function hasPicture(recordings: string): Promise<boolean> {
  const names = await readdir(recordings, { recursive: true }).catch(() => []);
  const segment = names.find((name) => name.endsWith('.part.mp4'));
  if (segment === undefined) return false;
  return stat(join(recordings, segment)).then(
    ({ size }) => size > 4096,
    () => false,
  );
}

/** By successful openat calls from its start until it is up. */
async function filesOpened(build: string, env: NodeJS.ProcessEnv, log: string): Promise<string> {
  if (spawnSync('strace', ['-V']).error) return 'no strace';
  const port = await freePort();
  const worker = [
    process.execPath,
    ...nodeFlags('recorder', env),
    '--enable-source-maps',
    join(build, 'recorder/main.js'),
  ];
  const child = spawn('strace', ['-f', '-qq', '-e', 'trace=openat', '-o', log, ...worker], {
    env: { ...env, HTTP_PORT: `${port}` },
    stdio: 'ignore',
  });
  endWithUs(child);
  const url = `http://127.0.0.1:${port}/health/live`;
  await until(async () => (await fetch(url)).ok, { what: 'the recorder below strace', deadlineMs: 60_000 });
  const gone = once(child, 'exit');
  for (const pid of await childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGTERM'); // strace itself takes no signal
  await gone;
  const calls = (await readFile(log, 'utf8')).split('\n');
  return `${calls.filter((line) => /openat\(.*= \d+$/.test(line)).length}`;
}

async function memoryHeld(build: string, env: NodeJS.ProcessEnv): Promise<number[]> {
  const workers = await Promise.all(APPS.map((app) => launch(build, app, env)));
  try {
    for (const { url } of workers) await until(async () => (await fetch(url)).ok, { what: url, deadlineMs: 60_000 });
    await wait(SETTLED_MS);
    return await Promise.all(workers.map(async ({ child }) => (await memoryOf(child.pid ?? 0)).proportionalBytes));
  } finally {
    await Promise.all(workers.map(({ child }) => end(child)));
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
