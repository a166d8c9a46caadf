// @ts-check
// What the environment says about the local stack, with the defaults of docs/contract.md, "The local stack". The
// environment always wins.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from './start-error.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Every worker, in the order in which they are named to people.
 * @typedef {{ name: string, portVariable: string, defaultPort: number }} Worker
 * @type {readonly Worker[]}
 */
export const WORKERS = [
  { name: 'recorder', portVariable: 'RECORDER_HTTP_PORT', defaultPort: 9101 },
  { name: 'snapshotter', portVariable: 'SNAPSHOTTER_HTTP_PORT', defaultPort: 9102 },
  { name: 'clipper', portVariable: 'CLIPPER_HTTP_PORT', defaultPort: 9103 },
  { name: 'janitor', portVariable: 'JANITOR_HTTP_PORT', defaultPort: 9104 },
  { name: 'console', portVariable: 'CONSOLE_HTTP_PORT', defaultPort: 8080 },
];

/**
 * The value of a setting; an empty one counts as absent, as it does for the workers.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} environment
 */
export function value(name, environment = process.env) {
  return environment[name] === '' ? undefined : environment[name];
}

/**
 * Whether a setting is there, by itself or as a mounted file (`X_FILE`).
 * @param {string} name
 * @param {NodeJS.ProcessEnv} environment
 */
export function isSet(name, environment = process.env) {
  return value(name, environment) !== undefined || value(`${name}_FILE`, environment) !== undefined;
}

/**
 * A setting as the workers read it: itself, or what its file (`X_FILE`) holds. A file that cannot be read counts as
 * absent, because the workers tell that fault together with all others.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} environment
 */
export function valueOrFile(name, environment = process.env) {
  const path = value(`${name}_FILE`, environment);
  if (value(name, environment) !== undefined || path === undefined) return value(name, environment);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

export function dataDir() {
  return resolve(ROOT, value('DATA_DIR') ?? 'data');
}

/** @param {NodeJS.ProcessEnv} environment */
function camerasConfigured(environment = process.env) {
  return (
    value('CAMERAS_FILE', environment) !== undefined ||
    Object.keys(environment).some((name) => /^CAMERA_.+_URL$/.test(name) && value(name, environment))
  );
}

/** How many demo cameras to show: none where the person has brought cameras. */
export function demoCameraCount() {
  const text = value('DEMO_CAMERAS') ?? '2';
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > 15)
    throw new StartError(`DEMO_CAMERAS: wanted a whole number from 0 to 15, got "${text}"`);
  return camerasConfigured() ? 0 : count;
}

/**
 * Settings of a worker that follow from DATA_DIR. Those that the environment names itself stay as they are.
 * @param {string} data
 * @returns {Record<string, string>}
 */
export function folderSettings(data) {
  const defaults = {
    RECORDINGS_DIR: join(data, 'recordings'),
    SNAPSHOTS_DIR: join(data, 'snapshots'),
    CLIPS_DIR: join(data, 'clips'),
    OBJECTS_DIR: join(data, 'objects'),
  };
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !isSet(name)));
}

/** @returns {Promise<number>} a port of 127.0.0.1 that nobody listens on */
export function freePort() {
  return new Promise((settle, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') settle(address.port);
        else fail(new Error('wanted a port of 127.0.0.1, got none'));
      });
    });
  });
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function isFree(port, host = value('HTTP_HOST') ?? '127.0.0.1') {
  return new Promise((settle) => {
    const server = createServer().once('error', () => settle(false));
    server.listen(port, host, () => server.close(() => settle(true)));
  });
}

/**
 * A server's port: that of the last start where it is free, so that a detector's URL stays as it is; else any free one.
 * @param {string} data
 * @param {string} name
 */
export async function keptPort(data, name) {
  const path = join(data, 'ports.json');
  const ports = portsIn(path);
  const kept = Number(ports[name]);
  const isPort = Number.isInteger(kept) && kept > 0 && kept <= 65535;
  const port = isPort && (await isFree(kept, '127.0.0.1')) ? kept : await freePort();
  if (port !== kept) writeFileSync(path, `${JSON.stringify({ ...ports, [name]: port })}\n`, { mode: 0o600 });
  return port;
}

/**
 * None where there is no such file yet, or none that can be read: losing it costs new ports.
 * @param {string} path
 * @returns {Record<string, unknown>}
 */
function portsIn(path) {
  try {
    /** @type {unknown} */
    const ports = JSON.parse(readFileSync(path, 'utf8'));
    return typeof ports === 'object' && ports !== null ? { ...ports } : {};
  } catch {
    return {};
  }
}

/**
 * A worker's port: the named one or an error; else the default one or, where that is taken, any free one.
 * @param {Worker} worker
 * @param {ReadonlySet<number>} taken
 */
export async function portFor({ name, portVariable, defaultPort }, taken) {
  const text = value(portVariable);
  const named = text === undefined ? undefined : Number(text);
  if (named !== undefined && (!Number.isInteger(named) || named < 0 || named > 65535)) {
    throw new StartError(`${portVariable}: wanted a port from 0 to 65535, got "${text}"`);
  }
  const wanted = named ?? defaultPort;
  if (wanted !== 0 && !taken.has(wanted) && (await isFree(wanted))) return wanted;
  if (named)
    throw new StartError(
      `${portVariable}: port ${named} of the ${name} is taken by another program. ` +
        `Name another one, or leave ${portVariable} out.`,
    );
  for (;;) {
    const port = await freePort();
    if (!taken.has(port)) return port;
  }
}
