// @ts-check
// The workers of the local stack: built where stale, started with what the stack knows, and waited for until each says
// that it is ready.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { forgetBuild, hashOfSources, isBuiltFrom, rememberBuild } from './build-stamp.mjs';
import { say } from './logs.mjs';
import { NODE_ENVIRONMENT, nodeFlags } from './node-flags.mjs';
import { privateFolder, writePrivately } from './passwords.mjs';
import { portFor, ROOT, value, valueOrFile, WORKERS } from './settings.mjs';
import { StartError } from './start-error.mjs';
import { run, Supervised } from './supervisor.mjs';

const ASK_AGAIN_MS = 250;
const SAY_AGAIN_MS = 10_000;
const ANSWER_WITHIN_MS = 5000;
const BUILD_TAIL_LINES = 40;

/**
 * @import { Death } from './supervisor.mjs'
 * @typedef {{ name: string, process: Supervised, url: string }} RunningWorker
 */

/**
 * Builds what its sources have outgrown.
 * @param {string} data DATA_DIR
 * @param {AbortSignal} signal
 */
export async function build(data, signal) {
  const missing = WORKERS.find(({ name }) => !existsSync(join(ROOT, 'apps', name, 'src/main.ts')));
  if (missing) throw new StartError(`apps/${missing.name}/src/main.ts is missing: this is not a whole clone.`);
  const names = WORKERS.map(({ name }) => name);
  const sources = hashOfSources(ROOT);
  if (isBuiltFrom(ROOT, sources, names)) return;
  say(`building      ${names.join(', ')} (about a minute the first time, then only what changed)`);
  forgetBuild(ROOT);
  const log = join(data, 'logs/build.log');
  const nx = [
    join(ROOT, 'node_modules/nx/dist/bin/nx.js'),
    'run-many',
    '-t',
    'build',
    '-p',
    names.join(','),
    '--outputStyle=static',
  ];
  const { code, output } = await run({
    command: process.execPath,
    args: nx,
    cwd: ROOT,
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    signal,
  });
  privateFolder(join(data, 'logs'));
  writePrivately(log, output);
  if (code !== 0 && !signal.aborted) {
    throw new StartError(
      `The build failed (exit code ${code ?? '?'}):\n` +
        `${output.split('\n').slice(-BUILD_TAIL_LINES).join('\n')}\nAll of it is in ${log}`,
    );
  }
  if (code === 0) rememberBuild(ROOT, sources);
}

/**
 * The port of every worker, so that all of them are known before the first one starts.
 * @returns {Promise<Map<string, number>>} name -> port
 */
export async function choosePorts() {
  const ports = new Map();
  for (const worker of WORKERS) {
    const port = await portFor(worker, new Set(ports.values()));
    ports.set(worker.name, port);
    if (port !== worker.defaultPort && value(worker.portVariable) === undefined)
      say(`port ${worker.defaultPort} is taken: the ${worker.name} listens on ${port}`);
  }
  return ports;
}

/**
 * @param {object} options
 * @param {string} options.data DATA_DIR
 * @param {ReadonlyMap<string, number>} options.ports name -> port
 * @param {NodeJS.ProcessEnv} options.env
 * @param {() => void} options.onStart each time that one has started
 * @param {(death: Death & { name: string }) => void} options.onDeaths
 * @returns {RunningWorker[]}
 */
export function startWorkers({ data, ports, env, onStart, onDeaths }) {
  const others = WORKERS.filter(({ name }) => name !== 'console');
  const WORKERS_URLS = others.map(({ name }) => `${name}=http://127.0.0.1:${ports.get(name) ?? '?'}`).join();
  return WORKERS.map(({ name }) => {
    const process_ = new Supervised({
      name,
      command: process.execPath,
      args: [...nodeFlags(name, env), '--enable-source-maps', join(ROOT, 'dist/apps', name, 'main.js')],
      env: { ...NODE_ENVIRONMENT, WORKERS_URLS, ...env, HTTP_PORT: String(ports.get(name)) },
      data,
      onStart,
      onDeaths: (death) => onDeaths({ name, ...death }),
    });
    return { name, process: process_, url: `http://127.0.0.1:${ports.get(name) ?? '?'}` };
  });
}

/**
 * Resolves when every worker has said that it is ready. Meanwhile it tells a person who is waited for, and why.
 * @param {readonly RunningWorker[]} workers
 * @param {AbortSignal} signal
 */
export async function allReady(workers, signal) {
  const waiting = new Map(workers.map((worker) => [worker.name, worker]));
  let saidMs = performance.now();
  while (waiting.size > 0 && !signal.aborted) {
    const answers = await Promise.all(
      [...waiting.values()].map(async ({ name, url }) => ({ name, ...(await readiness(url, signal)) })),
    );
    for (const { name, ready } of answers) if (ready && waiting.delete(name)) say(`${name.padEnd(12)} ready`);
    if (waiting.size === 0) return;
    if (performance.now() - saidMs > SAY_AGAIN_MS) {
      saidMs = performance.now();
      for (const { name, why } of answers) if (waiting.has(name)) say(`${name.padEnd(12)} not ready yet: ${why}`);
    }
    await new Promise((settle) => setTimeout(settle, ASK_AGAIN_MS));
  }
}

/**
 * Whether a worker has read its configuration and liked it: its HTTP server answers then.
 * @param {RunningWorker} worker
 */
export async function isLive({ url }) {
  const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(() => {});
  return answer?.ok ?? false;
}

/**
 * The console asks for its token; the others take no notice of one.
 * @returns {Record<string, string>}
 */
function authorization() {
  const token = valueOrFile('CONSOLE_API_TOKEN');
  return token ? { authorization: `Bearer ${token}` } : {};
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<{ ready: boolean, why: string }>}
 */
async function readiness(url, signal) {
  try {
    const response = await fetch(`${url}/health/ready`, {
      headers: authorization(),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    const body = /** @type {{ dependencies?: Record<string, { state: string, sentence: string }> }} */ (
      await response.json()
    );
    const faults = Object.entries(body.dependencies ?? {}).filter(([, health]) => health.state === 'down');
    return {
      ready: response.status === 200,
      why: faults.map(([name, health]) => `${name}: ${health.sentence}`).join('; ') || `HTTP ${response.status}`,
    };
  } catch {
    return { ready: false, why: `no answer at ${url}` };
  }
}
