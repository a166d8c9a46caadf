// npm run proof:proxy: the examples in deploy/proxy, run: Caddy and nginx with TLS by a CA of our own, the console behind, a person and a program before.
// Needs caddy, nginx and openssl (Debian: apt-get install caddy nginx-light openssl); what is missing is said and fails.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'recorder.example.org';
const TOKEN = 'open-sesame-1';
const LARGE_BYTES = 200_000_000;
const work = mkdtempSync(join(tmpdir(), 'vr-proxy-'));
const below = (...names) => join(work, ...names);
const ends = [];

function binary(name) {
  const path = ['/usr/sbin', '/usr/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find(existsSync);
  assert(path, `${name} is not installed`);
  return path;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function start(command, args, env = {}) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, HOME: work, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (child.output += text));
  const ended = once(child, 'exit');
  ends.unshift(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return child;
}

async function until(what, condition) {
  for (let i = 0; i < 300; i++) {
    const found = await condition().catch(() => undefined);
    if (found) return found;
    await pause(100);
  }
  throw new Error(`waited 30 s in vain for ${what}`);
}

/** A CA, and its certificate for the example's name. */
function makeCertificates() {
  const openssl = (...args) => execFileSync(binary('openssl'), args, { cwd: work, stdio: 'pipe' });
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=proof CA');
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'recorder.key', '-out', 'recorder.csr', '-subj', `/CN=${NAME}`);
  writeFileSync(below('san'), `subjectAltName=DNS:${NAME}\n`);
  openssl('x509', '-req', '-in', 'recorder.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'recorder.crt', '-days', '2', '-extfile', 'san');
}

/** The example with this proof's ports and paths. Each must be there, so that the example stays what is run. */
function example(file, changes) {
  return changes.reduce((text, [from, to]) => {
    assert(text.includes(from), `deploy/proxy/${file} has no "${from}"`);
    return text.replaceAll(from, to);
  }, readFileSync(join(root, 'deploy/proxy', file), 'utf8'));
}

const PROXIES = {
  caddy: (port, consolePort) => {
    const site = example('Caddyfile', [[`\n${NAME} {`, `\n${NAME}:${port} {`], ['/etc/caddy/recorder', below('recorder')], ['127.0.0.1:8080', `127.0.0.1:${consolePort}`]]);
    writeFileSync(below('Caddyfile'), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
    return start(binary('caddy'), ['run', '--adapter', 'caddyfile', '--config', below('Caddyfile')], { XDG_DATA_HOME: work, XDG_CONFIG_HOME: work });
  },
  nginx: async (port, consolePort) => {
    const changes = [['listen 443', `listen 127.0.0.1:${port}`], ['listen 80 ', `listen 127.0.0.1:${await freePort()} `], ['/etc/nginx/recorder', below('recorder')], ['127.0.0.1:8080', `127.0.0.1:${consolePort}`]];
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${below(`nginx-${name}`)};`).join(' ');
    writeFileSync(below('nginx.conf'), `daemon off; pid ${below('nginx.pid')}; error_log stderr;\nevents {}\nhttp { access_log off; ${folders}\n${example('nginx.conf', changes)}\n}\n`);
    return start(binary('nginx'), ['-e', 'stderr', '-c', below('nginx.conf')]);
  },
};

async function startConsole(publicUrl) {
  for (const folder of ['recordings', 'snapshots', 'clips', 'audit', 'objects/snapshots/cam_1']) mkdirSync(below(folder), { recursive: true });
  const ffmpeg = spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=gray:s=320x180', '-frames:v', '1', below('objects/snapshots/cam_1/picture.jpg')]);
  assert.equal(ffmpeg.status, 0, String(ffmpeg.stderr));
  const [day, startMs] = ['2026-11-23', Date.UTC(2026, 10, 23, 12)];
  mkdirSync(below('snapshots/cam_1', day), { recursive: true });
  mkdirSync(below('objects/snapshots/cam_1', day), { recursive: true });
  const picture = readFileSync(below('objects/snapshots/cam_1/picture.jpg'));
  for (const folder of ['snapshots', 'objects/snapshots']) writeFileSync(below(folder, 'cam_1', day, 'cam_1_2026-11-23T12-00-00.000Z.jpg'), picture);
  // An hour of footage, as far as bytes go.
  const { segmentPath } = await import(below('names.mjs'));
  const segment = segmentPath(below('recordings'), 'cam_1', startMs, 3_600_000);
  mkdirSync(join(segment, '..'), { recursive: true });
  writeFileSync(segment, '');
  truncateSync(segment, LARGE_BYTES);
  const port = await freePort();
  start(process.execPath, [join(root, 'dist/apps/console/main.js')], {
    ...{ HTTP_PORT: String(port), RECORDINGS_DIR: below('recordings'), SNAPSHOTS_DIR: below('snapshots'), CLIPS_DIR: below('clips'), OBJECTS_DIR: below('objects'), AUDIT_DIR: below('audit') },
    ...{ NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1', CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s' },
    ...{ CONSOLE_API_TOKEN: TOKEN, CONSOLE_TRUST_PROXY: 'true', CONSOLE_PUBLIC_URL: publicUrl },
  });
  await until('the console', async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok);
  return { port, picture, segmentName: segment.split('/').at(-1) };
}

/** As a program far away, which knows the CA and the name. */
function far(port, path, { method = 'GET', headers = {}, body, servername = NAME } = {}) {
  return new Promise((settle, fail) => {
    const asked = request({ host: '127.0.0.1', port, servername, path, method, ca: readFileSync(below('ca.crt')), agent: false, headers: { host: `${servername}:${port}`, ...headers } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => settle({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
      answer.on('error', fail);
    });
    asked.on('error', fail).end(body);
  });
}

async function asProgram(port, origin, { picture, segmentName }) {
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  const closed = await far(port, '/', { headers: { accept: 'text/html' } });
  assert.deepEqual([closed.status, closed.headers.location, closed.headers['strict-transport-security']], [303, '/login.html', 'max-age=31536000']);
  assert.equal((await far(port, '/login', { ...form, body: 'token=wrong-token', headers: { ...form.headers, 'x-forwarded-for': '203.0.113.9' } })).headers.location, '/login.html?wrong');
  const audit = async () => readdirSync(below('audit')).map((name) => readFileSync(below('audit', name), 'utf8')).join('');
  // Who asked is who connected to the proxy, whatever it wrote.
  await until('the line of audit', async () => /"who":"anyone 127\.0\.0\.1","action":"sign_in_refused"/.test(await audit()));
  const cookie = (await far(port, '/login', { ...form, body: `token=${TOKEN}`, headers: { ...form.headers, origin } })).headers['set-cookie'][0];
  assert.match(cookie, /; HttpOnly; Secure; SameSite=Strict$/);
  const session = { cookie: cookie.split(';')[0] };
  const { snapshots } = JSON.parse((await far(port, '/api/snapshots', { headers: session })).body);
  assert.deepEqual((await far(port, snapshots[0].media_path, { headers: session })).body, picture);
  const link = new URL(snapshots[0].url);
  assert.equal(link.origin, origin);
  assert.deepEqual((await far(port, link.pathname + link.search)).body, picture);
  const part = await far(port, link.pathname + link.search, { headers: { range: 'bytes=2-5' } });
  assert.deepEqual([part.status, part.headers['content-range'], part.body], [206, `bytes 2-5/${picture.length}`, picture.subarray(2, 6)]);
  assert.equal((await far(port, `${link.pathname}${link.search}x`)).status, 403);
  const last = await far(port, `/api/footage/${segmentName}`, { headers: { ...bearer, range: 'bytes=-10' } });
  assert.deepEqual([last.status, last.headers['content-range'], last.body.length], [206, `bytes ${LARGE_BYTES - 10}-${LARGE_BYTES - 1}/${LARGE_BYTES}`, 10]);
  assert.equal((await far(port, `/api/footage/${segmentName}`, { headers: bearer })).body.length, LARGE_BYTES);
  assert.deepEqual([(await far(port, '/metrics')).status, (await far(port, '/metrics', { headers: bearer })).status], [401, 200]);
  const post = { method: 'POST', headers: { ...session, 'content-type': 'application/json' }, body: '{}' };
  assert.equal((await far(port, '/api/cameras/cam_1/snapshot', { ...post, headers: { ...post.headers, origin: 'https://evil.example' } })).status, 403);
  // Let in: there is no NATS to ask.
  assert.equal((await far(port, '/api/cameras/cam_1/snapshot', { ...post, headers: { ...post.headers, origin } })).status, 500);
  await assert.rejects(far(port, '/login.html', { servername: 'evil.example' }));
  const rebound = await far(port, '/login.html', { headers: { host: 'evil.example', 'x-forwarded-host': NAME } }).catch(() => ({ body: '' }));
  assert(!String(rebound.body).includes('<form'), 'the console was shown by another name');
}

async function asPerson(origin) {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', `--host-resolver-rules=MAP ${NAME} 127.0.0.1`] });
  try {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(origin);
    await page.fill('#token', TOKEN);
    await page.click('button');
    await page.waitForFunction(() => document.querySelector('#snapshots img')?.naturalWidth === 320);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

try {
  assert.equal(spawnSync(process.execPath, ['tools/build-app.mjs', 'console'], { cwd: root, stdio: 'inherit' }).status, 0);
  await build({ entryPoints: [join(root, 'libs/footage/src/names.ts')], outfile: below('names.mjs'), bundle: true, platform: 'node', format: 'esm', tsconfig: join(root, 'tsconfig.base.json') });
  makeCertificates();
  for (const [name, startProxy] of Object.entries(PROXIES)) {
    const port = await freePort();
    const origin = `https://${NAME}:${port}`;
    const behind = await startConsole(origin);
    const proxy = await startProxy(port, behind.port);
    await until(`${name}: ${proxy.output}`, async () => (await far(port, '/health/live')).status === 200).catch((error) => assert.fail(`${error.message}\n${proxy.output}`));
    await asProgram(port, origin, behind);
    await asPerson(origin);
    const version = spawnSync(binary(name), [name === 'caddy' ? 'version' : '-v']);
    console.log(`${name} (${String(version.stdout) + String(version.stderr)}`.trim().split('\n')[0] + '): sign-in, picture, signed link, ranges, 200 MB, origins and names as wanted');
    for (const end of ends.splice(0)) await end();
    rmSync(below('audit'), { recursive: true });
  }
} finally {
  for (const end of ends) await end();
  rmSync(work, { recursive: true, force: true });
}
