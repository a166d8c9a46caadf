// npm run proof:proxy: the examples in deploy/proxy, run: Caddy and nginx with TLS by a CA of our own, the console
// behind, a person and a program before. Needs caddy, nginx and openssl (Debian: apt-get install caddy nginx-light
// openssl); what is missing is said and fails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { below, binary, freePort, LARGE_BYTES, makeCertificates, NAME, PROXIES, removeWork } from './proxy-stage.mjs';
import { root, startConsole, stopAll, TOKEN, until } from './proxy-stage.mjs';

/** As a program far away, which knows the CA and the name. */
function far(port, path, { method = 'GET', headers = {}, body, servername = NAME } = {}) {
  return new Promise((settle, fail) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        servername,
        path,
        method,
        ca: readFileSync(below('ca.crt')),
        agent: false,
        headers: { host: `${servername}:${port}`, ...headers },
      },
      (answer) => {
        const chunks = [];
        answer
          .on('data', (chunk) => chunks.push(chunk))
          .on('end', () => settle({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
        answer.on('error', fail);
      },
    );
    asked.on('error', fail).end(body);
  });
}

async function asProgram(port, origin, { picture, segmentName }) {
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  const closed = await far(port, '/', { headers: { accept: 'text/html' } });
  assert.deepEqual(
    [closed.status, closed.headers.location, closed.headers['strict-transport-security']],
    [303, '/login.html', 'max-age=31536000'],
  );
  assert.equal(
    (
      await far(port, '/login', {
        ...form,
        body: 'token=wrong-token',
        headers: { ...form.headers, 'x-forwarded-for': '203.0.113.9' },
      })
    ).headers.location,
    '/login.html?wrong',
  );
  const audit = async () =>
    readdirSync(below('audit'))
      .map((name) => readFileSync(below('audit', name), 'utf8'))
      .join('');
  // Who asked is who connected to the proxy, whatever it wrote.
  await until('the line of audit', async () =>
    /"who":"anyone 127\.0\.0\.1","action":"sign_in_refused"/.test(await audit()),
  );
  const cookie = (await far(port, '/login', { ...form, body: `token=${TOKEN}`, headers: { ...form.headers, origin } }))
    .headers['set-cookie'][0];
  assert.match(cookie, /; HttpOnly; Secure; SameSite=Strict$/);
  const session = { cookie: cookie.split(';')[0] };
  const { snapshots } = JSON.parse((await far(port, '/api/snapshots', { headers: session })).body);
  assert.deepEqual((await far(port, snapshots[0].media_path, { headers: session })).body, picture);
  const link = new URL(snapshots[0].url);
  assert.equal(link.origin, origin);
  assert.deepEqual((await far(port, link.pathname + link.search)).body, picture);
  const part = await far(port, link.pathname + link.search, { headers: { range: 'bytes=2-5' } });
  assert.deepEqual(
    [part.status, part.headers['content-range'], part.body],
    [206, `bytes 2-5/${picture.length}`, picture.subarray(2, 6)],
  );
  assert.equal((await far(port, `${link.pathname}${link.search}x`)).status, 403);
  const last = await far(port, `/api/footage/${segmentName}`, { headers: { ...bearer, range: 'bytes=-10' } });
  assert.deepEqual(
    [last.status, last.headers['content-range'], last.body.length],
    [206, `bytes ${LARGE_BYTES - 10}-${LARGE_BYTES - 1}/${LARGE_BYTES}`, 10],
  );
  assert.equal((await far(port, `/api/footage/${segmentName}`, { headers: bearer })).body.length, LARGE_BYTES);
  assert.deepEqual(
    [(await far(port, '/metrics')).status, (await far(port, '/metrics', { headers: bearer })).status],
    [401, 200],
  );
  const post = { method: 'POST', headers: { ...session, 'content-type': 'application/json' }, body: '{}' };
  assert.equal(
    (
      await far(port, '/api/cameras/cam_1/snapshot', {
        ...post,
        headers: { ...post.headers, origin: 'https://evil.example' },
      })
    ).status,
    403,
  );
  // Let in: there is no NATS to ask.
  assert.equal(
    (await far(port, '/api/cameras/cam_1/snapshot', { ...post, headers: { ...post.headers, origin } })).status,
    500,
  );
  await assert.rejects(far(port, '/login.html', { servername: 'evil.example' }));
  const rebound = await far(port, '/login.html', { headers: { host: 'evil.example', 'x-forwarded-host': NAME } }).catch(
    () => ({ body: '' }),
  );
  assert(!String(rebound.body).includes('<form'), 'the console was shown by another name');
}

async function asPerson(origin) {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
    existsSync(file),
  );
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
    ],
  });
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
  assert.equal(
    spawnSync(process.execPath, ['tools/build-app.mjs', 'console'], { cwd: root, stdio: 'inherit' }).status,
    0,
  );
  await build({
    entryPoints: [join(root, 'libs/footage/src/names.ts')],
    outfile: below('names.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    tsconfig: join(root, 'tsconfig.base.json'),
  });
  makeCertificates();
  for (const [name, startProxy] of Object.entries(PROXIES)) {
    const port = await freePort();
    const origin = `https://${NAME}:${port}`;
    const behind = await startConsole(origin);
    const proxy = await startProxy(port, behind.port);
    await until(`${name}: ${proxy.output}`, async () => (await far(port, '/health/live')).status === 200).catch(
      (error) => assert.fail(`${error.message}\n${proxy.output}`),
    );
    await asProgram(port, origin, behind);
    await asPerson(origin);
    const version = spawnSync(binary(name), [name === 'caddy' ? 'version' : '-v']);
    console.log(
      `${name} (${String(version.stdout) + String(version.stderr)}`.trim().split('\n')[0] +
        '): sign-in, picture, signed link, ranges, 200 MB, origins and names as wanted',
    );
    await stopAll();
    rmSync(below('audit'), { recursive: true });
  }
} finally {
  await stopAll();
  removeWork();
}
