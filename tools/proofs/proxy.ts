// The examples in deploy/proxy, run: Caddy and nginx with TLS by a CA of our own, the console behind, a person and a
// program before. Needs caddy, nginx and openssl (Debian: apt-get install caddy nginx-light openssl). It says what is
// missing, and fails.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { freePort, needBinary, runToEnd, startBrowser, temporaryFolder, until } from '@vr/testing';
import { z } from 'zod';
import {
  LARGE_BYTES,
  makeCertificates,
  NAME,
  startConsole,
  startProxy,
  TOKEN,
  type ConsoleBehind,
  type ProxyName,
} from './proxy-stage';

const UP_WITHIN_MS = 30_000;
const Snapshots = z.object({ snapshots: z.array(z.object({ media_path: z.string(), url: z.string() })).min(1) });

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  servername?: string;
}

/** @returns true; a proxy that does something else makes it throw */
export async function proveProxies(): Promise<boolean> {
  const folder = await temporaryFolder('proxy');
  try {
    await makeCertificates(folder.path);
    for (const name of ['caddy', 'nginx'] as const) await proveProxy(name, folder.path);
    return true;
  } finally {
    await folder.remove();
  }
}

async function proveProxy(name: ProxyName, folder: string): Promise<void> {
  const port = await freePort();
  const origin = `https://${NAME}:${port}`;
  const behind = await startConsole(folder, origin);
  const proxy = await startProxy(name, folder, { port, consolePort: behind.worker.httpPort });
  try {
    const program = new Program(port, readFileSync(join(folder, 'ca.crt')));
    const isUp = async (): Promise<boolean> => (await program.ask('/health/live')).status === 200;
    await until(isUp, { what: name, deadlineMs: UP_WITHIN_MS }).catch((error: unknown) => {
      throw new Error(`${name} said: ${proxy.output}`, { cause: error });
    });
    await signsIn(program, join(folder, 'audit'));
    const session = await sessionOf(program, origin);
    await readsMedia(program, origin, session, behind);
    await isRefused(program, origin, session);
    await asPerson(origin);
    const { stdout, stderr } = await runToEnd(await needBinary(name), [name === 'caddy' ? 'version' : '-v']);
    const version = `${stdout.toString()}${stderr}`.trim().split('\n')[0] ?? '';
    console.log(`${name} (${version}): sign-in, picture, signed link, ranges, 200 MB, origins and names as wanted`);
  } finally {
    await proxy.stop();
    await behind.worker.stop();
  }
  rmSync(join(folder, 'audit'), { recursive: true });
}

/** A program far away, which knows the CA and the name. */
class Program {
  constructor(
    private readonly port: number,
    private readonly ca: Buffer,
  ) {}

  ask(path: string, { method = 'GET', headers = {}, body, servername = NAME }: Request = {}): Promise<Answer> {
    return new Promise((settle, fail) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port: this.port,
          servername,
          path,
          method,
          ca: this.ca,
          agent: false,
          headers: { host: `${servername}:${this.port}`, ...headers },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('end', () =>
              settle({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
            );
          answer.on('error', fail);
        },
      );
      asked.on('error', fail).end(body);
    });
  }

  signIn(token: string, headers: Record<string, string>): Promise<Answer> {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.ask('/login', { method: 'POST', headers: { ...form, ...headers }, body: `token=${token}` });
  }
}

async function signsIn(program: Program, audit: string): Promise<void> {
  const closed = await program.ask('/', { headers: { accept: 'text/html' } });
  assert.deepEqual(
    [closed.status, closed.headers.location, closed.headers['strict-transport-security']],
    [303, '/login.html', 'max-age=31536000'],
  );
  const refused = await program.signIn('wrong-token', { 'x-forwarded-for': '203.0.113.9' });
  assert.equal(refused.headers.location, '/login.html?wrong');
  // Who asked is who connected to the proxy, whatever they wrote.
  const line = /"who":"anyone 127\.0\.0\.1","action":"sign_in_refused"/;
  await until(
    () =>
      readdirSync(audit)
        .map((name) => readFileSync(join(audit, name), 'utf8'))
        .some((text) => line.test(text)),
    { what: 'the line of audit', deadlineMs: UP_WITHIN_MS },
  );
}

async function sessionOf(program: Program, origin: string): Promise<Record<string, string>> {
  const [cookie = ''] = (await program.signIn(TOKEN, { origin })).headers['set-cookie'] ?? [];
  assert.match(cookie, /; HttpOnly; Secure; SameSite=Strict$/);
  return { cookie: cookie.split(';')[0] ?? '' };
}

async function readsMedia(
  program: Program,
  origin: string,
  session: Record<string, string>,
  { picture, segmentName }: ConsoleBehind,
): Promise<void> {
  const listed = await program.ask('/api/snapshots', { headers: session });
  const [snapshot] = Snapshots.parse(JSON.parse(listed.body.toString())).snapshots;
  assert(snapshot, 'no snapshot was listed');
  assert.deepEqual((await program.ask(snapshot.media_path, { headers: session })).body, picture);
  const link = new URL(snapshot.url);
  assert.equal(link.origin, origin);
  const signed = link.pathname + link.search;
  assert.deepEqual((await program.ask(signed)).body, picture);
  const part = await program.ask(signed, { headers: { range: 'bytes=2-5' } });
  assert.deepEqual(
    [part.status, part.headers['content-range'], part.body],
    [206, `bytes 2-5/${picture.length}`, picture.subarray(2, 6)],
  );
  assert.equal((await program.ask(`${signed}x`)).status, 403);
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const footage = `/api/footage/${segmentName}`;
  const last = await program.ask(footage, { headers: { ...bearer, range: 'bytes=-10' } });
  assert.deepEqual(
    [last.status, last.headers['content-range'], last.body.length],
    [206, `bytes ${LARGE_BYTES - 10}-${LARGE_BYTES - 1}/${LARGE_BYTES}`, 10],
  );
  assert.equal((await program.ask(footage, { headers: bearer })).body.length, LARGE_BYTES);
  assert.equal((await program.ask('/metrics')).status, 401);
  assert.equal((await program.ask('/metrics', { headers: bearer })).status, 200);
}

async function isRefused(program: Program, origin: string, session: Record<string, string>): Promise<void> {
  const post = (from: string): Promise<Answer> =>
    program.ask('/api/cameras/cam_1/snapshot', {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/json', origin: from },
      body: '{}',
    });
  assert.equal((await post('https://evil.example')).status, 403);
  assert.equal((await post(origin)).status, 500); // let in: there is no NATS to ask
  await assert.rejects(program.ask('/login.html', { servername: 'evil.example' }));
  const body = await program.ask('/login.html', { headers: { host: 'evil.example', 'x-forwarded-host': NAME } }).then(
    (answer) => answer.body.toString(),
    () => '', // the proxy closed the connection
  );
  assert(!body.includes('<form'), 'the console was shown by another name');
}

async function asPerson(origin: string): Promise<void> {
  const browser = await startBrowser([NAME]);
  try {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(origin);
    await page.fill('#token', TOKEN);
    await page.click('button');
    const showsPicture = 'document.querySelector("#snapshots img")?.naturalWidth === 320';
    await until(() => page.evaluate<boolean>(showsPicture), { what: 'the snapshot', deadlineMs: UP_WITHIN_MS });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}
