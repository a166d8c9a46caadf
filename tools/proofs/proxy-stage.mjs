// What proof:proxy plays on: certificates by a CA of its own, the examples of deploy/proxy with its ports and paths,
// the console behind.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const NAME = 'recorder.example.org';
export const TOKEN = 'open-sesame-1';
export const LARGE_BYTES = 200_000_000;
const work = mkdtempSync(join(tmpdir(), 'vr-proxy-'));
export const below = (...names) => join(work, ...names);
const ends = [];

export function binary(name) {
  const path = ['/usr/sbin', '/usr/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find(existsSync);
  assert(path, `${name} is not installed`);
  return path;
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function start(command, args, env = {}) {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: work, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (child.output += text));
  const ended = once(child, 'exit');
  ends.unshift(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return child;
}

export async function until(what, condition) {
  for (let i = 0; i < 300; i++) {
    const found = await condition().catch(() => undefined);
    if (found) return found;
    await pause(100);
  }
  throw new Error(`waited 30 s in vain for ${what}`);
}

/** A CA, and its certificate for the example's name. */
export function makeCertificates() {
  const openssl = (o, ...rest) =>
    execFileSync(binary('openssl'), [...o.split(' '), ...rest], { cwd: work, stdio: 'pipe' });
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout';
  openssl(`req -x509 ${key} ca.key -out ca.crt -days 2 -subj`, '/CN=proof CA');
  openssl(`req ${key} recorder.key -out recorder.csr -subj`, `/CN=${NAME}`);
  writeFileSync(below('san'), `subjectAltName=DNS:${NAME}\n`);
  openssl('x509 -req -in recorder.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out recorder.crt -days 2 -extfile san');
}

/** The example with this proof's ports and paths. Each must be there, so that the example stays what is run. */
function example(file, changes) {
  return changes.reduce(
    (text, [from, to]) => {
      assert(text.includes(from), `deploy/proxy/${file} has no "${from}"`);
      return text.replaceAll(from, to);
    },
    readFileSync(join(root, 'deploy/proxy', file), 'utf8'),
  );
}

export const PROXIES = {
  caddy: (port, consolePort) => {
    const site = example('Caddyfile', [
      [`\n${NAME} {`, `\n${NAME}:${port} {`],
      ['/etc/caddy/recorder', below('recorder')],
      ['127.0.0.1:8080', `127.0.0.1:${consolePort}`],
    ]);
    writeFileSync(below('Caddyfile'), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
    return start(binary('caddy'), ['run', '--adapter', 'caddyfile', '--config', below('Caddyfile')], {
      XDG_DATA_HOME: work,
      XDG_CONFIG_HOME: work,
    });
  },
  nginx: async (port, consolePort) => {
    const changes = [
      ['listen 443', `listen 127.0.0.1:${port}`],
      ['listen 80 ', `listen 127.0.0.1:${await freePort()} `],
      ['/etc/nginx/recorder', below('recorder')],
      ['127.0.0.1:8080', `127.0.0.1:${consolePort}`],
    ];
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${below(`nginx-${name}`)};`)
      .join(' ');
    writeFileSync(
      below('nginx.conf'),
      `daemon off; pid ${below('nginx.pid')}; error_log stderr;\nevents {}\nhttp { access_log off; ${folders}\n${example('nginx.conf', changes)}\n}\n`,
    );
    return start(binary('nginx'), ['-e', 'stderr', '-c', below('nginx.conf')]);
  },
};

export async function startConsole(publicUrl) {
  for (const folder of ['recordings', 'snapshots', 'clips', 'audit', 'objects/snapshots/cam_1'])
    mkdirSync(below(folder), { recursive: true });
  const ffmpeg = spawnSync('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    'color=gray:s=320x180',
    '-frames:v',
    '1',
    below('objects/snapshots/cam_1/picture.jpg'),
  ]);
  assert.equal(ffmpeg.status, 0, String(ffmpeg.stderr));
  const [day, startMs] = ['2026-11-23', Date.UTC(2026, 10, 23, 12)];
  mkdirSync(below('snapshots/cam_1', day), { recursive: true });
  mkdirSync(below('objects/snapshots/cam_1', day), { recursive: true });
  const picture = readFileSync(below('objects/snapshots/cam_1/picture.jpg'));
  for (const folder of ['snapshots', 'objects/snapshots'])
    writeFileSync(below(folder, 'cam_1', day, 'cam_1_2026-11-23T12-00-00.000Z.jpg'), picture);
  // An hour of footage, as far as bytes go.
  const { segmentPath } = await import(below('names.mjs'));
  const segment = segmentPath(below('recordings'), 'cam_1', startMs, 3_600_000);
  mkdirSync(join(segment, '..'), { recursive: true });
  writeFileSync(segment, '');
  truncateSync(segment, LARGE_BYTES);
  const port = await freePort();
  start(process.execPath, [join(root, 'dist/apps/console/main.js')], {
    ...{
      HTTP_PORT: String(port),
      RECORDINGS_DIR: below('recordings'),
      SNAPSHOTS_DIR: below('snapshots'),
      CLIPS_DIR: below('clips'),
      OBJECTS_DIR: below('objects'),
      AUDIT_DIR: below('audit'),
    },
    ...{ NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1', CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s' },
    ...{ CONSOLE_API_TOKEN: TOKEN, CONSOLE_TRUST_PROXY: 'true', CONSOLE_PUBLIC_URL: publicUrl },
  });
  await until('the console', async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok);
  return { port, picture, segmentName: segment.split('/').at(-1) };
}

export async function stopAll() {
  for (const end of ends.splice(0)) await end();
}

export function removeWork() {
  rmSync(work, { recursive: true, force: true });
}
