// @ts-check
// `npm start`: the whole recorder on this machine, from a fresh clone to a console in the browser (docs/contract.md,
// "The local stack"). It runs before anything is installed, so it imports nothing but Node until ensureInstalled has
// ended.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from './lock.mjs';
import { durationText, hush, say, timed } from './logs.mjs';
import { warnOfFewOpenFiles } from './open-files.mjs';
import { privateFolder, writePrivately } from './passwords.mjs';
import { dataDir, demoCameraCount, folderSettings, isSet, value, valueOrFile } from './settings.mjs';
import { messageOf, StartError } from './start-error.mjs';
import { DEATHS_WORTH_TELLING, EXIT_CONFIGURATION } from './supervisor.mjs';
import { WrongSettings } from './wrong-settings.mjs';

/**
 * @import { StartServer } from './servers.mjs'
 * @import { Death, Supervised } from './supervisor.mjs'
 * @import { RunningWorker } from './workers.mjs'
 *
 * @typedef {{ natsUrl: string, redisUrl: string, consoleUrl: string }} Stack what stack.json tells
 * @typedef {{ stop(): Promise<void> }} Demo
 */

const WORKERS_DEADLINE_MS = 11_500;
const SERVERS_DEADLINE_MS = 2500;
const PARENT_LOOK_MS = 1000;

// Who reads our lines may go before us; that ends nothing.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const data = dataDir();
const stackFile = join(data, 'stack.json');
const ending = new AbortController();
/**
 * What runs, in two groups: the workers end first, then what they stand on.
 * @type {{ workers: RunningWorker[], servers: Supervised[], demo: Demo | undefined }}
 */
const running = { workers: [], servers: [], demo: undefined };
const wrongSettings = new WrongSettings();
/** @type {(() => void) | undefined} */
let unlock;
/** @type {Promise<void> | undefined} */
let ended;
let isReady = false;

const isEnding = () => ending.signal.aborted;

/** @param {number} exitCode */
function end(exitCode) {
  ended ??= (async () => {
    ending.abort();
    hush();
    // Without the lock the stack.json there is another stack's.
    if (unlock) rmSync(stackFile, { force: true });
    await running.demo?.stop();
    await Promise.all(running.workers.map((worker) => worker.process.stop(WORKERS_DEADLINE_MS)));
    await Promise.all(running.servers.map((server) => server.stop(SERVERS_DEADLINE_MS)));
    unlock?.();
    process.exit(exitCode);
  })();
  return ended;
}

/** @param {unknown} error */
function fail(error) {
  const told = error instanceof Error && !(error instanceof StartError) ? error.stack : messageOf(error);
  if (!ended) process.stderr.write(`${told ?? ''}\n`);
  void end(error instanceof StartError ? error.exitCode : 1);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // Through npm, Ctrl-C comes twice, from the terminal and from npm: the second one changes nothing.
  process.on(signal, () => {
    if (!ended) say('stopping');
    void end(0);
  });
}
if (value('npm_lifecycle_event') !== undefined) {
  // `npm start` stands for us. Where it was killed too hard to pass that on, nobody could stop us by it any more. (The
  // script in package.json says `exec`, because the shell that npm starts would otherwise take npm's signals and leave
  // us behind.)
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent || ended) return;
    say('npm is gone: stopping');
    void end(0);
  }, PARENT_LOOK_MS).unref();
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

/**
 * A worker or a server that cannot live. Before the stack is ready that ends all; afterwards it is told, and tried
 * again.
 * @param {Death & { name: string }} death
 */
function onDeaths({ name, deaths, code, tail, log }) {
  const wrong = code === EXIT_CONFIGURATION;
  if (wrong && !isReady) {
    if (wrongSettings.add(name, tail)) void wrongSettings.whole(() => running.workers).then(fail);
    return;
  }
  const told = wrong
    ? `The ${name} does not start:\n${tail}`
    : `${name} ended ${deaths} times in a row. Its last lines (all of them in ${log}):\n${tail || '    (none)'}`;
  if (deaths >= DEATHS_WORTH_TELLING && !isReady) fail(new StartError(told));
  else if (deaths === DEATHS_WORTH_TELLING || (wrong && deaths === 1)) say(told);
}

/** @param {Stack} stack */
function writeStack(stack) {
  if (ended) return;
  const body = {
    pid: process.pid,
    nats_url: stack.natsUrl,
    redis_url: stack.redisUrl,
    console_url: stack.consoleUrl,
    workers: Object.fromEntries(
      running.workers.map(({ name, url, process: worker }) => [name, { pid: worker.pid, http_url: url }]),
    ),
  };
  // The URLs hold passwords.
  writePrivately(`${stackFile}.tmp`, `${JSON.stringify(body, null, 2)}\n`);
  renameSync(`${stackFile}.tmp`, stackFile);
}

/**
 * The environment's own server, or one of ours.
 * @param {string} name
 * @param {string} variable the setting that would name the environment's own
 * @param {StartServer} startServer
 * @returns {Promise<{ url: string, isOurs: boolean }>}
 */
async function server(name, variable, startServer) {
  if (isSet(variable)) {
    say(`${name.padEnd(12)} as ${variable} says`);
    return { url: valueOrFile(variable) ?? '', isOurs: false };
  }
  const { url, address } = await startServer(data, (death) => onDeaths({ name, ...death }), keep);
  say(`${name.padEnd(12)} ${address}, with a password of its own`);
  return { url, isOurs: true };
}

/** @param {Supervised} process */
function keep(process) {
  running.servers.push(process);
}

/**
 * @param {number} count
 * @param {NodeJS.ProcessEnv} environment gets their URLs
 * @returns {Promise<string[]>} their ids
 */
async function demoCameras(count, environment) {
  const { startDemoCameras } = await import('./demo.mjs');
  say(`preparing ${count} demo camera${count === 1 ? '' : 's'}`);
  const cameras = await startDemoCameras({
    count,
    data,
    keep,
    signal: ending.signal,
    onDeaths: (death) => onDeaths({ name: 'cameras', ...death }),
  });
  for (const { variable, url, id } of cameras) {
    environment[variable] = url;
    say(`${id.padEnd(12)} ${url}`);
  }
  return cameras.map(({ id }) => id);
}

async function start() {
  const begunMs = performance.now();
  // The lock first: whatever comes next, the stack.json of a stack that was killed goes.
  unlock = lock(data);
  rmSync(stackFile, { force: true });
  const demoCount = demoCameraCount();
  say(`data in ${data}`);

  // A person learns what to mend before the minutes that an installation and a build may take.
  warnOfFewOpenFiles();
  const { build, choosePorts, startWorkers, allReady } = await import('./workers.mjs');
  const ports = await choosePorts();

  const { ensureInstalled } = await import('./install.mjs');
  await timed('installation', () => ensureInstalled({ for: 'start' }));
  if (isEnding()) return;
  await timed('build', () => build(data, ending.signal));
  if (isEnding()) return;

  // From here on nothing that the stack and its children make is another user's to read: footage shows people's homes.
  process.umask(0o077);
  const { startNats, startRedis } = await import('./servers.mjs');
  const { redis, nats } = await timed('servers', async () => ({
    redis: await server('redis', 'REDIS_URL', startRedis),
    nats: await server('nats', 'NATS_URL', startNats),
  }));
  if (isEnding()) return;

  const folders = folderSettings(data);
  // Only our own folders, and before the workers: the janitor rightly calls it an error when RECORDINGS_DIR is not
  // there. A folder that the environment names is not made: it may be a mount that is missing.
  for (const folder of Object.values(folders)) privateFolder(folder);
  /** @type {NodeJS.ProcessEnv} */
  const environment = { ...process.env, ...folders };
  if (redis.isOurs) environment['REDIS_URL'] = redis.url;
  if (nats.isOurs) environment['NATS_URL'] = nats.url;
  const localUrl = `http://127.0.0.1:${ports.get('console') ?? '?'}`;
  const consoleUrl = valueOrFile('CONSOLE_PUBLIC_URL') ?? localUrl;
  if (!isSet('CONSOLE_PUBLIC_URL')) environment['CONSOLE_PUBLIC_URL'] = consoleUrl;

  const cameras = demoCount > 0 ? await timed('demo cameras', () => demoCameras(demoCount, environment)) : [];
  if (isEnding()) return;

  const stack = { natsUrl: nats.url, redisUrl: redis.url, consoleUrl };
  await timed('workers', async () => {
    running.workers = startWorkers({
      data,
      ports,
      env: environment,
      onStart: () => {
        if (isReady) queueMicrotask(() => writeStack(stack));
      },
      onDeaths,
    });
    await allReady(running.workers, ending.signal);
  });
  if (isEnding()) return;

  isReady = true;
  writeStack(stack);
  const here = consoleUrl === localUrl ? '' : `on this machine ${localUrl}; `;
  say(`all          took ${durationText(performance.now() - begunMs)}`);
  say(`ready  ${consoleUrl}  (${here}Ctrl-C stops everything)`);
  say(`detectors    publish seguranca.event.* at the nats_url in ${stackFile}`);
  if (cameras.length > 0) {
    const { startDemoEvents } = await import('./demo.mjs');
    // Without them the stack records all the same.
    running.demo = await startDemoEvents({ natsUrl: nats.url, cameras }).catch((/** @type {unknown} */ error) => {
      say(`no demo events: ${messageOf(error)}`);
      return undefined;
    });
  }
}

try {
  await start();
} catch (error) {
  fail(error);
}
