// The logs of the children: everything into DATA_DIR/logs/NAME.log, only what a person should see on the terminal.
import { createWriteStream, fchmodSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { privateFolder } from './passwords.mjs';

const ROTATE_BYTES = 20e6;
const TAIL_LINES = 20;
const LOUD = new Set(['warn', 'error', 'fatal']);

export function say(text) {
  process.stdout.write(`${text}\n`);
}

let hushed = false;
/** From now on the children's lines go to their files alone: what they say while they are being ended alarms nobody. */
export function hush() {
  hushed = true;
}

export function openLog(data, name, show = worthShowing) {
  const folder = join(data, 'logs');
  privateFolder(folder);
  const path = join(folder, `${name}.log`);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_BYTES) renameSync(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  file.once('open', (fd) => fchmodSync(fd, 0o600)); // one that an older version began
  file.on('error', (error) => say(`${name.padEnd(12)} cannot write ${path}: ${error.message}`));
  let tail = [];
  const take = (line) => {
    file.write(`${line}\n`);
    tail = [...tail, line].slice(-TAIL_LINES);
    const shown = show(line);
    if (shown && !hushed) say(`${name.padEnd(12)} ${shown}`);
  };
  return {
    path,
    listen: (stream) => stream && createInterface({ input: stream }).on('line', take),
    /**
     * The last lines since `forget`, as a person reads them; what stands there twice (a log entry and plain text on
     * stderr) once.
     */
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
    close: () => file.end(),
  };
}

function parse(line) {
  try {
    const entry = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}

function worthShowing(line) {
  const entry = parse(line);
  // the worker ends with it, and is quoted whole then
  if (String(entry?.msg).startsWith('The configuration has ')) return undefined;
  return entry && LOUD.has(entry.level) ? `${entry.level}: ${readable(line)}` : undefined;
}

function readable(line) {
  const entry = parse(line);
  if (!entry) return line;
  const reason = [entry.reason, entry.detail].filter(Boolean).join(', ');
  const parts = [entry.camera ?? entry.cameraId, entry.msg, reason, entry.err?.message, ...(entry.faults ?? [])].filter(
    Boolean,
  );
  return parts.join(': ').slice(0, 500) || line;
}
