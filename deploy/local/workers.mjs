// The workers of the local stack: built where stale, started with what the stack knows, waited for until each says that
// it is ready.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forgetBuild, hashOfSources, isBuiltFrom, rememberBuild } from './build-stamp.mjs';
import { say } from './logs.mjs';
import { NODE_ENVIRONMENT, nodeFlags } from './node-flags.mjs';
import { privateFolder, writePrivately } from './passwords.mjs';
import { portFor, ROOT, StartError, value, WORKERS } from './settings.mjs';
import { run, Supervised } from './supervisor.mjs';

const ASK_AGAIN_MS = 250;
const SAY_AGAIN_MS = 10_000;

/** Builds what its sources have outgrown. */
export async function build(data, signal) {
  const missing = WORKERS.filter(({ name }) => !existsSync(join(ROOT, 'apps', name, 'src/main.ts')));
  if (missing.length > 0)
    throw new StartError(`apps/${missing[0].name}/src/main.ts is missing: this is not a whole clone.`);
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
      `The build failed (exit code ${code}):\n${output.split('\n').slice(-40).join('\n')}\nAll of it is in ${log}`,
    );
  }
  if (code === 0) rememberBuild(ROOT, sources);
}

/** The port of every worker, so that all of them are known before the first one starts. */
export async function choosePorts() {
  const taken = new Set();
  const ports = {};
  for (const worker of WORKERS) {
    ports[worker.name] = await portFor(worker, taken);
    taken.add(ports[worker.name]);
    if (ports[worker.name] !== worker.defaultPort && !process.env[worker.portVariable]) {
      say(`port ${worker.defaultPort} is taken: the ${worker.name} listens on ${ports[worker.name]}`);
    }
  }
  return ports;
}

export function startWorkers({ data, ports, env, onStart, onDeaths }) {
  return WORKERS.map(({ name }) => {
    const process_ = new Supervised({
      name,
      command: process.execPath,
      args: [...nodeFlags(name), '--enable-source-maps', join(ROOT, 'dist/apps', name, 'main.js')],
      env: { ...NODE_ENVIRONMENT, ...env, HTTP_PORT: String(ports[name]) },
      data,
      onStart,
      onDeaths: (death) => onDeaths({ name, ...death }),
    });
    return { name, process: process_, url: `http://127.0.0.1:${ports[name]}` };
  });
}

/** Resolves when every worker has said that it is ready; tells a person meanwhile who is waited for, and why. */
export async function allReady(workers, signal) {
  const waiting = new Map(workers.map((worker) => [worker.name, worker]));
  let saidMs = performance.now();
  while (waiting.size > 0 && !signal.aborted) {
    const answers = await Promise.all(
      [...waiting.values()].map(async (worker) => [worker.name, await readiness(worker.url, signal)]),
    );
    for (const [name, { ready }] of answers) {
      if (ready && waiting.delete(name)) say(`${name.padEnd(12)} ready`);
    }
    if (waiting.size === 0) return;
    if (performance.now() - saidMs > SAY_AGAIN_MS) {
      saidMs = performance.now();
      for (const [name, { why }] of answers) if (waiting.has(name)) say(`${name.padEnd(12)} not ready yet: ${why}`);
    }
    await new Promise((settle) => setTimeout(settle, ASK_AGAIN_MS));
  }
}

/** The console asks for its token; the others take no notice of one. */
function authorization() {
  const file = value('CONSOLE_API_TOKEN_FILE');
  const token = value('CONSOLE_API_TOKEN') ?? (file && readFileSync(file, 'utf8').trim());
  return token ? { authorization: `Bearer ${token}` } : {};
}

async function readiness(url, signal) {
  try {
    const response = await fetch(`${url}/health/ready`, {
      headers: authorization(),
      signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
    });
    const body = await response.json();
    const faults = Object.entries(body.dependencies ?? {}).filter(([, health]) => health.state === 'down');
    return {
      ready: response.status === 200,
      why: faults.map(([name, health]) => `${name}: ${health.sentence}`).join('; ') || `HTTP ${response.status}`,
    };
  } catch {
    return { ready: false, why: `no answer at ${url}` };
  }
}
