// @ts-check
// A child process that is kept alive: its own process group, a log, restarts with back-off, an end with a deadline.
// Each child has a group of its own. So Ctrl-C reaches only us, because we choose the order of ending. So whatever a
// child leaves behind can be ended with it, too. Where util-linux is there, the kernel ends the children if we are
// killed.
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
/** @type {Set<number>} */
const living = new Set();
process.on('exit', () => living.forEach((pid) => signalGroup(pid, 'SIGKILL')));

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 * @returns whether anybody was left in the group
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * @typedef {object} Command
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 *
 * @typedef {object} Death
 * @property {number} deaths in a row, none after a healthy minute
 * @property {number | null} code null: by a signal
 * @property {string} tail its last lines
 * @property {string} log the file that has all of them
 */

/** @param {Command & { stdin?: 'ignore' | 'pipe' }} options */
function spawnGroup({ command, args, env, cwd, stdin = 'ignore' }) {
  const file = diesWithParent ? 'setpriv' : command;
  const list = diesWithParent ? ['--pdeathsig', 'TERM', command, ...args] : args;
  const child = spawn(file, list, { cwd, env: env ?? process.env, detached: true, stdio: [stdin, 'pipe', 'pipe'] });
  if (child.pid !== undefined) living.add(child.pid);
  return child;
}

/**
 * Runs a command to its end. On abort it is ended with everything that it started.
 * @param {Command & { signal: AbortSignal }} options
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export async function run({ command, args, env, cwd, signal }) {
  const child = spawnGroup({ command, args, env, cwd });
  const stop = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  /** @type {Buffer[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
  /** @type {number | null} */
  const code = await new Promise((settle) => {
    child.once('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      settle(null);
    });
    child.once('close', settle);
  });
  signal.removeEventListener('abort', stop);
  stop();
  if (child.pid !== undefined) living.delete(child.pid);
  return { code, output: Buffer.concat(output).toString('utf8') };
}

/**
 * A camera's footage must not wait for the first restart. Only who dies again may be sick, and waits.
 * @param {number} deaths in a row, at least 2
 */
const againAfterMs = (deaths) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (deaths - 2));

export class Supervised {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #deaths = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #stopping = false;
  #log;

  /**
   * @param {Command & {
   *   name: string,
   *   data: string,
   *   show?: (line: string) => string | undefined,
   *   holdsStdin?: boolean,
   *   onStart?: (pid: number) => void,
   *   onDeaths?: (death: Death) => void,
   * }} options
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
    const end = (/** @type {number | null} */ code, /** @type {string} */ why) => {
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
    child.once('exit', (code, signal) => end(code, signal ? `by ${signal}` : `with exit code ${code ?? '?'}`));
  }

  /**
   * @param {number | null} code
   * @param {string} why
   * @param {number} livedMs
   */
  #restartLater(code, why, livedMs) {
    this.#deaths = livedMs >= HEALTHY_AFTER_MS ? 1 : this.#deaths + 1;
    const wrong = code === EXIT_CONFIGURATION;
    const waitMs = this.#deaths > 1 ? againAfterMs(this.#deaths) : wrong ? LAST_LINES_MS : 0;
    const when = waitMs === 0 ? 'at once' : `in ${waitMs / 1000} s`;
    if (!wrong) say(`${this.name.padEnd(12)} ended ${why}; started again ${when}`);
    // The last lines are still on their way through the pipe when `exit` comes.
    this.#timer = setTimeout(() => {
      const death = { deaths: this.#deaths, code, tail: this.#log.tail(), log: this.#log.path };
      this.options.onDeaths?.(death);
      if (this.#stopping) return;
      this.#log.forget();
      this.#start();
    }, waitMs);
  }

  /**
   * SIGTERM, then after the deadline SIGKILL to the whole group. Resolves when the process is gone.
   * @param {number} deadlineMs
   */
  async stop(deadlineMs) {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child?.pid !== undefined) {
      const gone = new Promise((settle) => child.once('exit', settle));
      const { pid } = child;
      process.kill(pid, 'SIGTERM');
      const timer = setTimeout(() => {
        say(`${this.name.padEnd(12)} did not end within ${deadlineMs / 1000} s: killed`);
        signalGroup(pid, 'SIGKILL');
      }, deadlineMs);
      await gone;
      clearTimeout(timer);
    }
    this.#log.close();
  }
}
