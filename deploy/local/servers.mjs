// @ts-check
// Redis and NATS for the local stack, on loopback, with their data below DATA_DIR. Both keep their ports, and what they
// were told (append-only file, JetStream on disk): a restart of the stack goes on where it ended. Both ask for a
// password, which they get by a file: a command line is everybody's to read.
import { connect } from 'node:net';
import { join } from 'node:path';
import { passwordOf, privateFolder, writePrivately } from './passwords.mjs';
import { keptPort, value } from './settings.mjs';
import { StartError } from './start-error.mjs';
import { Supervised } from './supervisor.mjs';

const ANSWER_DEADLINE_MS = 30_000;
const ASK_AGAIN_MS = 100;
/** Debian keeps nats-server where ordinary users do not look. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

const NATS_USER = 'local';

/**
 * @import { Death } from './supervisor.mjs'
 *
 * @typedef {object} StartedServer
 * @property {Supervised} process
 * @property {string} url with its password
 * @property {string} address without
 *
 * @typedef {(data: string, onDeaths: (death: Death) => void, keep: (process: Supervised) => void) =>
 *   Promise<StartedServer>} StartServer `keep` is called before the server answers: whoever ends us then ends it too.
 */

/** @type {StartServer} */
export async function startRedis(data, onDeaths, keep) {
  const dir = privateFolder(join(data, 'redis'));
  const password = passwordOf(data, 'redis');
  const configuration = join(dir, 'redis.conf');
  writePrivately(configuration, `requirepass ${password}\n`);
  const port = await keptPort(data, 'redis');
  const args = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    dir,
    '--appendonly',
    'yes',
    '--maxmemory-policy',
    'noeviction',
    '--save',
    '',
    '--daemonize',
    'no',
  ];
  const process = new Supervised({
    name: 'redis',
    command: 'redis-server',
    args: [configuration, ...args],
    env: { ...environment(), PATH },
    data,
    onDeaths,
  });
  keep(process);
  // While it still loads its file it answers -LOADING.
  await answers('redis', port, `AUTH ${password}\r\nPING\r\n`, '+PONG');
  return { process, url: `redis://:${password}@127.0.0.1:${port}`, address: `redis://127.0.0.1:${port}` };
}

/** @type {StartServer} */
export async function startNats(data, onDeaths, keep) {
  const dir = privateFolder(join(data, 'nats'));
  const password = passwordOf(data, 'nats');
  const configuration = join(dir, 'nats.conf');
  writePrivately(configuration, `authorization { user: "${NATS_USER}", password: "${password}" }\n`);
  const port = await keptPort(data, 'nats');
  const args = ['-c', configuration, '-a', '127.0.0.1', '-p', String(port), '-js', '-sd', dir];
  const process = new Supervised({
    name: 'nats',
    command: 'nats-server',
    args,
    env: { ...environment(), PATH },
    data,
    onDeaths,
  });
  keep(process);
  await answers('nats', port, '', 'INFO ');
  return { process, url: `nats://${NATS_USER}:${password}@127.0.0.1:${port}`, address: `nats://127.0.0.1:${port}` };
}

/**
 * The servers need nothing of our environment, least of all its secrets.
 * @returns {Record<string, string>}
 */
function environment() {
  return Object.fromEntries(
    ['HOME', 'LANG', 'TZ'].flatMap((name) => {
      const text = value(name);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/**
 * @param {string} name
 * @param {number} port
 * @param {string} question
 * @param {string} wanted
 */
async function answers(name, port, question, wanted) {
  const untilMs = performance.now() + ANSWER_DEADLINE_MS;
  while (performance.now() < untilMs) {
    if (await says(port, question, wanted)) return;
    await new Promise((settle) => setTimeout(settle, ASK_AGAIN_MS));
  }
  throw new StartError(`${name} did not answer on 127.0.0.1:${port} within ${ANSWER_DEADLINE_MS / 1000} s`);
}

/**
 * Whether a server says what is wanted, in whatever pieces it comes.
 * @param {number} port
 * @param {string} question
 * @param {string} wanted
 * @returns {Promise<boolean>}
 */
function says(port, question, wanted) {
  return new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    let heard = '';
    const end = () => {
      socket.destroy();
      settle(heard.includes(wanted));
    };
    socket.once('connect', () => question && socket.write(question));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (heard.includes(wanted) || /-LOADING|-ERR|-WRONGPASS/.test(heard)) end();
    });
    for (const event of ['error', 'timeout', 'close']) socket.once(event, end);
  });
}
