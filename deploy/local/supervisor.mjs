// A child process that is kept alive: its own process group, a log, restarts with back-off, an end with a deadline.
// Each child has a group of its own so that Ctrl-C reaches only us (the order of ending is ours) and so that whatever a
// child leaves behind can be ended with it. Where util-linux is there, the kernel ends the children should we be killed
// ourselves.
import { spawn, spawnSync } from 'node:child_process';
import { openLog, say } from './logs.mjs';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const LAST_LINES_MS = 200;
const HEALTHY_AFTER_MS = 60_000;
/** A worker's way to say that its configuration is wrong (EX_CONFIG): the same environment will not do better. */
export const EXIT_CONFIGURATION = 78;
/** So many deaths in a row, none after a healthy minute, and it is time to say what the log says. */
export const DEATHS_WORTH_TELLING = 5;

const diesWithParent =
  process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0;
const living = new Set();
process.on('exit', () => living.forEach((pid) => signalGroup(pid, 'SIGKILL')));

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false; // nobody is left in the group
  }
}

function spawnGroup({ command, args, env, cwd, stdin = 'ignore' }) {
  const [file, list] = diesWithParent ? ['setpriv', ['--pdeathsig', 'TERM', command, ...args]] : [command, args];
  const child = spawn(file, list, { cwd, env: env ?? process.env, detached: true, stdio: [stdin, 'pipe', 'pipe'] });
  if (child.pid !== undefined) living.add(child.pid);
  return child;
}

/**
 * Runs a command to its end; on abort it is ended with everything that it started. @returns its exit code and what it
 * wrote
 */
export async function run({ command, args, env, cwd, signal }) {
  const child = spawnGroup({ command, args, env, cwd });
  const stop = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((settle) => {
    child.once('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      settle(null);
    });
    child.once('close', settle);
  });
  signal.removeEventListener('abort', stop);
  stop();
  living.delete(child.pid);
  return { code, output: Buffer.concat(output).toString('utf8') };
}

export class Supervised {
  #child;
  #deaths = 0;
  #timer;
  #stopping = false;
  #log;

  /**
   * @param {{ name: string, command: string, args: string[], env?: object, data: string, show?: (line: string) =>
   * string | undefined,
   *   holdsStdin?: boolean, onStart?: (pid: number) => void, onDeaths?: (death: { deaths: number, code: number | null,
   *   tail: string, log: string }) => void }} options
   */
  constructor(options) {
    this.options = options;
    this.name = options.name;
    this.#log = openLog(options.data, options.name, options.show);
    this.#start();
  }

  get pid() {
    return this.#child?.pid;
  }

  #start() {
    const child = spawnGroup({ ...this.options, stdin: this.options.holdsStdin ? 'pipe' : 'ignore' });
    child.stdin?.on('error', () => {});
    const bornMs = performance.now();
    this.#child = child;
    this.#log.listen(child.stdout);
    this.#log.listen(child.stderr);
    if (child.pid !== undefined) this.options.onStart?.(child.pid);
    let ended = false;
    const end = (code, why) => {
      if (ended) return;
      ended = true;
      if (child.pid !== undefined) {
        signalGroup(child.pid, 'SIGKILL'); // what it left behind
        living.delete(child.pid);
      }
      this.#child = undefined;
      if (!this.#stopping) this.#restartLater(code, why, performance.now() - bornMs);
    };
    child.once('error', (error) => end(null, error.message));
    // `exit`, not `close`: a grandchild that keeps the pipes open must not hide the death of its parent.
    child.once('exit', (code, signal) => end(code, signal ? `by ${signal}` : `with exit code ${code}`));
  }

  #restartLater(code, why, livedMs) {
    this.#deaths = livedMs >= HEALTHY_AFTER_MS ? 1 : this.#deaths + 1;
    const wrong = code === EXIT_CONFIGURATION;
    const waitMs =
      wrong && this.#deaths === 1 ? LAST_LINES_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#deaths - 1));
    if (!wrong) say(`${this.name.padEnd(12)} ended ${why}; started again in ${waitMs / 1000} s`);
    // The last lines are still on their way through the pipe when `exit` comes.
    this.#timer = setTimeout(() => {
      const death = { deaths: this.#deaths, code, tail: this.#log.tail(), log: this.#log.path };
      this.options.onDeaths?.(death);
      if (this.#stopping) return;
      this.#log.forget();
      this.#start();
    }, waitMs);
  }

  /** SIGTERM, then after the deadline SIGKILL to the whole group. Resolves when the process is gone. */
  async stop(deadlineMs) {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child?.pid !== undefined) {
      const gone = new Promise((settle) => child.once('exit', settle));
      process.kill(child.pid, 'SIGTERM');
      const timer = setTimeout(() => {
        say(`${this.name.padEnd(12)} did not end within ${deadlineMs / 1000} s: killed`);
        signalGroup(child.pid, 'SIGKILL');
      }, deadlineMs);
      await gone;
      clearTimeout(timer);
    }
    this.#log.close();
  }
}
