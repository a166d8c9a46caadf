// @ts-check
// The logs of the children: everything into DATA_DIR/logs/NAME.log, only what a person should see on the terminal.
import { createWriteStream, fchmodSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { privateFolder } from './passwords.mjs';

const ROTATE_BYTES = 20e6;
const TAIL_LINES = 20;
const LOUD = new Set(['warn', 'error', 'fatal']);
/** @type {Set<string>} */
const advisories = new Set();

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * @param {number} ms
 * @returns as a person says it: `4.2 s`, `1 min 5 s`
 */
export function durationText(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Runs a step and says how long it took: what is slow on a new machine is seen here.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function timed(name, action) {
  const begunMs = performance.now();
  const result = await action();
  say(`${name.padEnd(12)} took ${durationText(performance.now() - begunMs)}`);
  return result;
}

let hushed = false;
/** From now on the children's lines go to their files alone: what they say while they are being ended alarms nobody. */
export function hush() {
  hushed = true;
}

/**
 * @typedef {object} Log
 * @property {string} path
 * @property {(stream: import('node:stream').Readable | null) => void} listen
 * @property {() => string} tail The last lines since `forget`, as a person reads them. What stands there twice (a log
 *   entry and plain text on stderr) comes once.
 * @property {() => void} forget
 * @property {() => void} close
 */

/**
 * @param {string} data DATA_DIR
 * @param {string} name of the child
 * @param {(line: string) => string | undefined} show what of a line to show on the terminal
 * @returns {Log}
 */
export function openLog(data, name, show = worthShowing) {
  const folder = join(data, 'logs');
  privateFolder(folder);
  const path = join(folder, `${name}.log`);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_BYTES) renameSync(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  file.once('open', (fd) => fchmodSync(fd, 0o600)); // one that an older version began
  file.on('error', (error) => say(`${name.padEnd(12)} cannot write ${path}: ${error.message}`));
  /** @type {string[]} */
  let tail = [];
  const take = (/** @type {string} */ line) => {
    file.write(`${line}\n`);
    tail = [...tail, line].slice(-TAIL_LINES);
    const shown = show(line);
    if (shown && !hushed) say(`${name.padEnd(12)} ${shown}`);
  };
  return {
    path,
    listen: (stream) => {
      if (stream) createInterface({ input: stream }).on('line', take);
    },
    tail: () =>
      [
        ...new Set(
          tail.flatMap((line) =>
            readable(line)
              .split('\n')
              .map((text) => `    ${text.trim()}`),
          ),
        ),
      ].join('\n'),
    forget: () => {
      tail = [];
    },
    close: () => void file.end(),
  };
}

/**
 * @typedef {object} Entry a line of pino, as far as it is shown
 * @property {string} [level]
 * @property {string} [msg]
 * @property {string} [camera]
 * @property {string} [cameraId]
 * @property {string} [reason]
 * @property {string} [detail]
 * @property {{ message?: string }} [err]
 * @property {string[]} [faults]
 */

/**
 * @param {string} line
 * @returns {Entry | undefined}
 */
function parse(line) {
  try {
    /** @type {unknown} */
    const entry = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} line
 * @returns {string | undefined}
 */
function worthShowing(line) {
  const entry = parse(line);
  // The worker ends with it, and is quoted whole then.
  if (String(entry?.msg).startsWith('The configuration has ')) return undefined;
  // Every worker warns of the server's hole, and logs it; on the terminal once is enough.
  const [advisory] = /GHSA-[\w-]+/.exec(String(entry?.msg)) ?? [];
  if (advisory !== undefined) {
    if (advisories.has(advisory)) return undefined;
    advisories.add(advisory);
    return `warn: this nats-server has ${advisory}; what it means here: docs/security.md, "Who may do what over NATS"`;
  }
  return entry?.level !== undefined && LOUD.has(entry.level) ? `${entry.level}: ${readable(line)}` : undefined;
}

/** @param {string} line */
function readable(line) {
  const entry = parse(line);
  if (!entry) return line;
  const reason = [entry.reason, entry.detail].filter(Boolean).join(', ');
  const parts = [entry.camera ?? entry.cameraId, entry.msg, reason, entry.err?.message, ...(entry.faults ?? [])].filter(
    Boolean,
  );
  return parts.join(': ').slice(0, 500) || line;
}
