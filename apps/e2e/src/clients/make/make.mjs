// make.mjs: makes ../payloads.jsonl anew, with the real clients. Wants python3 with pydantic, orjson, simplejson,
// msgpack, numpy and paho-mqtt (PYTHON), Go, jq, nats-server, the nats command (NATS_CLI) and ffmpeg. Nothing of the
// product runs this: the cases that it made are kept.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { nestCases, nodeCases } from './node_clients.mjs';

const run = promisify(execFile);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.PYTHON ?? 'python3';
const [natsPort, mqttPort] = [14_322, 14_323];
const lines = (text) => text.split('\n').filter((line) => line !== '');
const json = (text) => lines(text).map((line) => JSON.parse(line));
const DEADLINE_MS = 20_000;

const folder = await mkdtemp(join(tmpdir(), 'payloads-'));
const jpeg = join(folder, 'f.jpg');
await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=gray:s=64x64', '-frames:v', '1', jpeg]);
const configuration = [
  `server_name: made\nhost: 127.0.0.1\nport: ${natsPort}`,
  `jetstream { store_dir: "${folder}/js" }\nmqtt { host: 127.0.0.1, port: ${mqttPort} }\n`,
].join('\n');
await writeFile(join(folder, 'nats.conf'), configuration);
const server = spawn('nats-server', ['-c', join(folder, 'nats.conf')], { stdio: 'ignore' });
const url = `nats://127.0.0.1:${natsPort}`;
const connection = await connect({ servers: url, waitOnFirstConnect: true, reconnectTimeWait: 100 });

/** What reached the server and nobody took yet. */
const arrived = [];
const waiting = [];
connection.subscribe('seguranca.>', {
  callback: (_, { data }) => {
    const text = Buffer.from(data).toString('utf8');
    const body = Buffer.from(text).equals(data) ? { body: text } : { base64: Buffer.from(data).toString('base64') };
    const taker = waiting.shift();
    if (taker) taker(body);
    else arrived.push(body);
  },
});
await connection.flush();
const heard = () =>
  new Promise((resolve, reject) => {
    const early = arrived.shift();
    if (early) return resolve(early);
    setTimeout(() => reject(new Error('no message came')), DEADLINE_MS).unref();
    waiting.push(resolve);
  });

async function shellCases() {
  const { stdout } = await run('bash', [here('shell_clients.sh')], { env: { ...process.env, NATS_URL: url } });
  const cases = [];
  for (const line of lines(stdout)) {
    const [client, name, camera, expectation, body] = line.split('\t');
    const bytes = body === 'HEARD' ? undefined : Buffer.from(body, 'base64');
    const text = bytes?.toString('utf8');
    const carried =
      bytes === undefined ? await heard() : Buffer.from(text).equals(bytes) ? { body: text } : { base64: body };
    cases.push({ client, name, camera, ...JSON.parse(expectation), ...carried });
  }
  return cases;
}

async function mqttCases() {
  const { stdout } = await run(python, [here('mqtt_clients.py'), `${mqttPort}`]);
  const cases = json(stdout);
  for (const each of cases) Object.assign(each, await heard());
  return cases;
}

/** Expectations in the words of the test. */
function finished({ whole, end, id, at, ...rest }) {
  const instant = whole && typeof at === 'number' ? Math.floor(at / 1000) * 1000 : at;
  return {
    ...rest,
    ...(instant !== undefined && { at: instant }),
    ...(end !== undefined && { end: end < 1e6 ? instant + end : end }),
    ...(id !== undefined && { id: id === 'HEARD' ? JSON.parse(rest.body).event_id : id }),
  };
}

try {
  const made = [
    ...json((await run(python, [here('python_clients.py'), jpeg])).stdout),
    ...json((await run('go', ['run', '.'], { cwd: here('go_client') })).stdout),
    ...nodeCases(),
    ...(await nestCases(url, heard)),
    ...(await shellCases()),
    ...(await mqttCases()),
  ].map(finished);
  await writeFile(here('../payloads.jsonl'), made.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const counts = {};
  for (const { client } of made) counts[client] = (counts[client] ?? 0) + 1;
  console.log(`${made.length} cases:`, counts);
} finally {
  await connection.close();
  server.kill();
  await rm(folder, { recursive: true, force: true });
}
