// `npm start`: the whole recorder on this machine, from a fresh clone to a console in the browser (docs/contract.md,
// "The local stack"). Runs before anything is installed: it imports nothing but Node until ensureInstalled has ended.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from './lock.mjs';
import { hush, say } from './logs.mjs';
import { warnOfFewOpenFiles } from './open-files.mjs';
import { privateFolder, writePrivately } from './passwords.mjs';
import { dataDir, demoCameraCount, folderSettings, isSet, StartError, value } from './settings.mjs';

const WORKERS_DEADLINE_MS = 11_500;
const SERVERS_DEADLINE_MS = 2500;
const PARENT_LOOK_MS = 1000;

// Whoever reads our lines may go first; that ends nothing.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const data = dataDir();
const stackFile = join(data, 'stack.json');
const ending = new AbortController();
/** What runs, in two groups: the workers end first, then what they stand on. */
const running = { workers: [], servers: [], demo: undefined };
let unlock;
let ended;

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

function fail(error) {
  if (!ended)
    process.stderr.write(`${error instanceof StartError ? error.message : (error?.stack ?? String(error))}\n`);
  void end(error instanceof StartError ? error.exitCode : 1);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // Through npm, Ctrl-C comes twice, from the terminal and from npm: the second one changes nothing.
  process.on(signal, () => {
    if (!ended) say('stopping');
    void end(0);
  });
}
if (process.env.npm_lifecycle_event !== undefined) {
  // `npm start` stands for us: where it was killed too hard to pass that on, nobody could stop us by it any more. (The
  // script in package.json says `exec`, because the shell that npm starts would otherwise take its signals and leave us
  // behind.)
  const parent = process.ppid;
  setInterval(
    () => process.ppid !== parent && !ended && (say('npm is gone: stopping'), void end(0)),
    PARENT_LOOK_MS,
  ).unref();
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

/** A worker that cannot live: before the stack is ready that ends it all, afterwards it is told and tried again. */
function onDeaths({ name, deaths, code, tail, log }) {
  const wrong = code === EXIT_CONFIGURATION;
  const told = wrong
    ? `The ${name} does not start:\n${tail}`
    : `${name} ended ${deaths} times in a row. Its last lines (all of them in ${log}):\n${tail || '    (none)'}`;
  const hopeless = wrong || deaths >= DEATHS_WORTH_TELLING;
  if (hopeless && !ready) fail(new StartError(told, wrong ? EXIT_CONFIGURATION : 1));
  else if (deaths === DEATHS_WORTH_TELLING || (wrong && deaths === 1)) say(told);
}

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

let ready = false;
const { DEATHS_WORTH_TELLING, EXIT_CONFIGURATION } = await import('./supervisor.mjs');

async function start() {
  // The lock first: a stack.json without a stack, of one that was killed, goes whatever comes next.
  unlock = lock(data);
  rmSync(stackFile, { force: true });
  const demoCameras = demoCameraCount();
  say(`data in ${data}`);

  // What a person has to mend is said before the minutes that an installation and a build may take.
  warnOfFewOpenFiles();
  const { build, choosePorts, startWorkers, allReady } = await import('./workers.mjs');
  const ports = await choosePorts();

  const { ensureInstalled } = await import('./install.mjs');
  await ensureInstalled({ for: 'start' });
  if (ended) return;
  await build(data, ending.signal);
  if (ended) return;

  // From here on nothing that the stack and its children make is another user's to read: footage shows people's homes.
  process.umask(0o077);
  const { startNats, startRedis } = await import('./servers.mjs');
  const server = async (name, variable, startServer) => {
    if (isSet(variable)) {
      say(`${name.padEnd(12)} as ${variable} says`);
      return { url: value(variable) };
    }
    const started = await startServer(data, (death) => onDeaths({ name, ...death }));
    say(`${name.padEnd(12)} ${started.address}, with a password of its own`);
    return started;
  };
  const keep = (process) => running.servers.push(process);
  const redis = await server('redis', 'REDIS_URL', (...args) => startRedis(...args, keep));
  const nats = await server('nats', 'NATS_URL', (...args) => startNats(...args, keep));
  if (ended) return;

  const folders = folderSettings(data);
  // Ours only, and before the workers: the janitor rightly calls it an error when RECORDINGS_DIR is not there. A folder
  // that the environment names is not made: it may be a mount that is missing.
  for (const folder of Object.values(folders)) privateFolder(folder);
  const environment = { ...process.env, ...folders };
  if (redis.process) environment.REDIS_URL = redis.url;
  if (nats.process) environment.NATS_URL = nats.url;
  const localUrl = `http://127.0.0.1:${ports.console}`;
  const consoleUrl = value('CONSOLE_PUBLIC_URL') ?? localUrl;
  if (!isSet('CONSOLE_PUBLIC_URL')) environment.CONSOLE_PUBLIC_URL = consoleUrl;

  let cameras = [];
  if (demoCameras > 0) {
    const { startDemoCameras } = await import('./demo.mjs');
    say(`preparing ${demoCameras} demo camera${demoCameras === 1 ? '' : 's'}`);
    cameras = await startDemoCameras({
      count: demoCameras,
      data,
      keep,
      signal: ending.signal,
      onDeaths: (death) => onDeaths({ name: 'cameras', ...death }),
    });
    for (const { variable, url, id } of cameras) {
      environment[variable] = url;
      say(`${id.padEnd(12)} ${url}`);
    }
  }
  if (ended) return;

  const stack = { natsUrl: environment.NATS_URL, redisUrl: environment.REDIS_URL, consoleUrl };
  running.workers = startWorkers({
    data,
    ports,
    env: environment,
    onStart: () => ready && queueMicrotask(() => writeStack(stack)),
    onDeaths,
  });
  await allReady(running.workers, ending.signal);
  if (ended) return;

  ready = true;
  writeStack(stack);
  const here = consoleUrl === localUrl ? '' : `on this machine ${localUrl}; `;
  say(`ready  ${consoleUrl}  (${here}Ctrl-C stops everything)`);
  say(`detectors    publish seguranca.event.* at the nats_url in ${stackFile}`);
  if (cameras.length > 0) {
    const { startDemoEvents } = await import('./demo.mjs');
    // Without them the stack records all the same.
    running.demo = await startDemoEvents({ environment, cameras: cameras.map(({ id }) => id) }).catch((error) =>
      say(`no demo events: ${error.message}`),
    );
  }
}

try {
  await start();
} catch (error) {
  fail(error);
}
