// Redis and NATS for the local stack, on loopback and free ports, with their data below DATA_DIR. Both keep what they were told
// (append-only file, JetStream on disk): a restart of the stack goes on where it ended.
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, StartError, value } from './settings.mjs';
import { Supervised } from './supervisor.mjs';

const ANSWER_DEADLINE_MS = 30_000;
const ASK_AGAIN_MS = 100;
/** Debian keeps nats-server where ordinary users do not look. */
const PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

export async function startRedis(data, onDeaths, keep) {
  const dir = join(data, 'redis');
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir, '--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', '', '--daemonize', 'no'];
  const process = new Supervised({ name: 'redis', command: 'redis-server', args, env: { ...environment(), PATH }, data, onDeaths });
  keep(process);
  // While it still loads its file it answers -LOADING.
  await answers('redis', port, 'PING\r\n', '+PONG');
  return { process, url: `redis://127.0.0.1:${port}` };
}

export async function startNats(data, onDeaths, keep) {
  const dir = join(data, 'nats');
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', dir];
  const process = new Supervised({ name: 'nats', command: 'nats-server', args, env: { ...environment(), PATH }, data, onDeaths });
  keep(process);
  await answers('nats', port, '', 'INFO ');
  return { process, url: `nats://127.0.0.1:${port}` };
}

/** The servers need nothing of ours, least of all its secrets. */
function environment() {
  return Object.fromEntries(['HOME', 'LANG', 'TZ'].map((name) => [name, value(name)]).filter(([, text]) => text !== undefined));
}

async function answers(name, port, question, wanted) {
  const untilMs = performance.now() + ANSWER_DEADLINE_MS;
  while (performance.now() < untilMs) {
    if ((await ask(port, question))?.startsWith(wanted)) return;
    await new Promise((settle) => setTimeout(settle, ASK_AGAIN_MS));
  }
  throw new StartError(`${name} did not answer on 127.0.0.1:${port} within ${ANSWER_DEADLINE_MS / 1000} s`);
}

/** The first words of a server, or undefined where nobody listens yet. */
function ask(port, question) {
  return new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    const end = (answer) => {
      socket.destroy();
      settle(answer);
    };
    socket.once('connect', () => question && socket.write(question));
    socket.once('data', (chunk) => end(chunk.toString('latin1')));
    socket.once('error', () => end(undefined));
    socket.once('timeout', () => end(undefined));
    socket.once('close', () => end(undefined));
  });
}
