// A worker as it really runs: its own process, built, configured by its environment alone.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NODE_ENVIRONMENT, nodeFlags } from '../../../deploy/local/node-flags.mjs';
import { REPOSITORY } from './folders';
import { endWithUs, letUsGo } from './janitor';
import { freePort } from './ports';
import { runToEnd } from './run';
import { until } from './until';

export type App = 'recorder' | 'clipper' | 'snapshotter' | 'janitor' | 'console';

export interface WorkerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Only a deadline: six workers that start at once on two busy cores needed more than 30 s. */
const LIVE_WITHIN_MS = 60_000;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const BUILD_WITHIN_MS = 180_000;

/** The settings whose defaults are folders of the machine: /recordings, /clips ... */
const FOLDERS = ['RECORDINGS_DIR', 'CLIPS_DIR', 'SNAPSHOTS_DIR', 'OBJECTS_DIR'];

export class WorkerProcess {
  /** every line of its output, stdout and stderr in the order of arrival */
  readonly logs: string[] = [];
  readonly httpUrl: string;
  readonly exited: Promise<WorkerExit>;
  readonly pid: number;
  private exit: WorkerExit | undefined;
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly app: App,
    readonly httpPort: number,
    private readonly child: ReturnType<typeof launch>,
    /** The console's, which it asks for before it tells whether it is ready. */
    private readonly token?: string,
  ) {
    this.httpUrl = `http://127.0.0.1:${httpPort}`;
    if (child.pid === undefined) throw new Error(`the ${app} did not start`);
    this.pid = child.pid;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => this.onLine(line));
    this.exited = new Promise((resolve) =>
      // 'close' and not 'exit': its last words belong to the logs.
      child.once('close', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
        for (const watch of this.watchers) watch();
      }),
    );
  }

  /** Its HTTP server answers. @throws where it ends instead, with its logs */
  waitLive(deadlineMs = LIVE_WITHIN_MS): Promise<void> {
    return this.waitHealth('/health/live', deadlineMs);
  }

  /** All that it depends on is there. */
  waitReady(deadlineMs = READY_WITHIN_MS): Promise<void> {
    return this.waitHealth('/health/ready', deadlineMs);
  }

  /** Resolves with the first line, past or to come, that fits. */
  waitLog(pattern: RegExp, deadlineMs = 15_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const stopWatching = () => {
        clearTimeout(timer);
        this.watchers.delete(watch);
      };
      const watch = () => {
        const line = this.logs.find((candidate) => pattern.test(candidate));
        if (line === undefined && !this.exit) return;
        stopWatching();
        if (line === undefined) reject(this.failure(`ended before it said ${pattern.source}`));
        else resolve(line);
      };
      const timer = setTimeout(() => {
        stopWatching();
        reject(this.failure(`did not say ${pattern.source} in ${deadlineMs} ms`));
      }, deadlineMs);
      this.watchers.add(watch);
      watch();
    });
  }

  /** SIGTERM, as an orchestrator ends it, and waits. @throws where it does not end in time (and is killed) */
  async stop(): Promise<WorkerExit> {
    if (this.exit) return this.exit;
    this.child.kill('SIGTERM');
    const killed = new AbortController();
    const patience = setTimeout(() => {
      killed.abort();
      this.child.kill('SIGKILL');
    }, STOP_WITHIN_MS);
    const exit = await this.exited;
    clearTimeout(patience);
    if (killed.signal.aborted) throw this.failure(`did not end within ${STOP_WITHIN_MS} ms of SIGTERM`);
    return exit;
  }

  /** SIGKILL, and waits. */
  async kill(): Promise<void> {
    if (this.exit) return;
    const alive = setInterval(() => undefined, 1000); // the child alone does not keep this process alive
    this.child.kill('SIGKILL');
    await this.exited;
    clearInterval(alive);
  }

  private onLine(line: string): void {
    this.logs.push(line);
    for (const watch of [...this.watchers]) watch();
  }

  private async waitHealth(path: string, deadlineMs: number): Promise<void> {
    let answer = 'nothing';
    const outcome = await until(
      async () => {
        if (this.exit) return this.exit;
        const headers = this.token === undefined ? undefined : { authorization: `Bearer ${this.token}` };
        const response = await fetch(this.httpUrl + path, { headers, signal: AbortSignal.timeout(2000) });
        answer = `${response.status} ${await response.text()}`;
        return response.ok && 'healthy';
      },
      { what: `${this.app} ${path}`, deadlineMs },
    ).catch((error: unknown) => {
      throw this.failure(`${path} answers ${answer} after ${deadlineMs} ms`, error);
    });
    if (outcome !== 'healthy') throw this.failure(`ended (${outcome.signal ?? `exit ${outcome.code ?? '?'}`})`);
  }

  private failure(what: string, cause?: unknown): Error {
    return new Error(`the ${this.app} ${what}; its last lines:\n${this.logs.slice(-20).join('\n')}`, { cause });
  }
}

/**
 * Builds the app where dist/apps has no build of it, runs it, and resolves once /health/live answers.
 * Of our own environment it gets PATH, HOME and TZ only, so that a developer's settings do not reach a test. A folder
 * that `env` does not name is one of its own, so that a test does not reach the machine's footage.
 * `within`: what stands in front of its command, and becomes it by exec (nsenter, unshare).
 */
export async function startWorker(
  app: App,
  env: Record<string, string | undefined> = {},
  within: readonly string[] = [],
): Promise<WorkerProcess> {
  const worker = await spawnWorker(app, env, within);
  try {
    await worker.waitLive();
  } catch (error) {
    await worker.kill();
    throw error;
  }
  return worker;
}

/** Like startWorker, but waits for nothing: for a worker that is meant not to start. */
export async function spawnWorker(
  app: App,
  env: Record<string, string | undefined> = {},
  within: readonly string[] = [],
): Promise<WorkerProcess> {
  await ensureBuilt(app);
  const httpPort = env['HTTP_PORT'] === undefined ? await freePort() : Number(env['HTTP_PORT']);
  return new WorkerProcess(
    app,
    httpPort,
    launch(app, { ...env, HTTP_PORT: `${httpPort}` }, within),
    env['CONSOLE_API_TOKEN'],
  );
}

function launch(app: App, env: Record<string, string | undefined>, within: readonly string[]) {
  const { PATH, HOME, TZ } = process.env;
  const own = join(tmpdir(), `worker-${randomUUID()}`);
  const folders = Object.fromEntries(FOLDERS.map((name) => [name, join(own, name.toLowerCase())]));
  // As in a house: without NODE_ENVIRONMENT it needs more memory and more time.
  const environment = { PATH, HOME, TZ, ...NODE_ENVIRONMENT, ...folders, ...env };
  const [command, ...rest] = [...within, process.execPath, ...nodeFlags(app, env), buildOf(app)];
  const child = spawn(command, rest, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  endWithUs(child);
  letUsGo(child);
  child.once('exit', () => rmSync(own, { recursive: true, force: true }));
  return child;
}

const buildOf = (app: App) => join(REPOSITORY, 'dist/apps', app, 'main.js');
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Once, whatever number of test processes want it at the same time: the folder `building-APP` is the lock. */
export async function ensureBuilt(app: App): Promise<void> {
  const lock = join(REPOSITORY, 'tmp', `building-${app}`);
  const isBuilt = async () => !(await exists(lock)) && (await exists(buildOf(app)));
  if (await isBuilt()) return;
  await mkdir(join(REPOSITORY, 'tmp'), { recursive: true });
  if (
    !(await mkdir(lock).then(
      () => true,
      () => false,
    ))
  ) {
    await until(isBuilt, {
      what: `another process's build of ${app} (if there is none, remove ${lock})`,
      deadlineMs: BUILD_WITHIN_MS,
    });
    return;
  }
  try {
    await runToEnd(process.execPath, ['--import', 'tsx', 'tools/build-app.ts', app], { folder: REPOSITORY });
  } finally {
    await rmdir(lock);
  }
}
