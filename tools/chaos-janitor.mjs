// npm run chaos:janitor [-- KILLS SEED FILES]: SIGKILL to the real janitor in the middle of a pass, again and again
// (100 times). After each kill and at the end: what is young is whole, no clip is without its record, every file that
// is gone has its line of audit; and one undisturbed pass finishes: nothing old, no empty folder left. Exits 1 with
// what was wrong. Prints its seed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../deploy/local/node-flags.mjs';
import { freePort } from '../deploy/local/settings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const kills = Number(process.argv[2] ?? 100);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
/** Of old footage, made anew before each kill. */
const filesPerRound = Number(process.argv[4] ?? 3000);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CONTENT = 'footage';
const folder = mkdtempSync(join(tmpdir(), 'vr-chaos-janitor-'));
const [recordings, clips, audit] = ['recordings', 'clips', 'audit'].map((name) => join(folder, name));
const built = join(root, 'dist/apps/janitor/main.js');
const faults = [];
let child;

/** Mulberry32: the same seed, the same moments. */
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function put(path, madeMs, content = CONTENT) {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, madeMs / 1000, madeMs / 1000);
  return path;
}

function segment(camera, startMs) {
  const iso = new Date(startMs).toISOString();
  return put(
    join(
      recordings,
      camera,
      iso.slice(0, 10),
      `${camera}_${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11).replaceAll(':', '')}_${MINUTE_MS}.mp4`,
    ),
    startMs + MINUTE_MS,
  );
}

function clip(camera, madeMs) {
  const name = `event_${camera}_${(madeMs / 1000).toFixed(3)}`;
  const base = join(clips, camera, new Date(madeMs).toISOString().slice(0, 10), name);
  const job = {
    clipId: name,
    identity: name,
    eventId: name,
    eventType: 'test',
    cameraId: camera,
    timestampMs: madeMs,
    startMs: madeMs,
    endMs: madeMs + 1000,
    source: {},
  };
  return [
    put(`${base}.mp4`, madeMs),
    put(`${base}.jpg`, madeMs),
    put(`${base}.json`, madeMs, JSON.stringify({ state: 'announced', job })),
  ];
}

/** Old things, fewer than young ones, so that none waits for a second look. @returns their paths */
function litter(nowMs) {
  const old = [];
  const oldestMs = Math.floor((nowMs - 20 * DAY_MS) / DAY_MS) * DAY_MS;
  for (let i = 0; i < filesPerRound; i++)
    old.push(segment(`cam_${i % 4}`, oldestMs + Math.floor(i / 4) * MINUTE_MS * 2));
  for (let i = 0; i < 40; i++) old.push(...clip(`cam_${i % 4}`, oldestMs - 80 * DAY_MS + i * 1000));
  return old;
}

function startJanitor(httpPort) {
  const env = {
    PATH: process.env.PATH,
    HTTP_PORT: `${httpPort}`,
    LOG_LEVEL: 'warn',
    NATS_URL: 'nats://127.0.0.1:9',
    CAMERA_CAM_0_URL: 'rtsp://127.0.0.1/0',
    RECORDINGS_DIR: recordings,
    CLIPS_DIR: clips,
    SNAPSHOTS_DIR: join(folder, 'snapshots'),
    OBJECTS_DIR: join(folder, 'objects'),
    AUDIT_DIR: audit,
  };
  child = spawn(process.execPath, [...nodeFlags('janitor'), built], { env, stdio: 'ignore' });
}

const present = (paths) => paths.filter((path) => existsSync(path));
const auditLines = () =>
  (existsSync(audit) ? readdirSync(audit) : []).flatMap((name) =>
    readFileSync(join(audit, name), 'utf8').split('\n').filter(Boolean),
  );
const emptyFolders = (path) => {
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(path, name)).length === 0 ? [join(path, name)] : emptyFolders(join(path, name)),
    );
};

async function until(condition, what) {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await wait(2))
    if (condition()) return;
  throw new Error(`waited 60 s in vain for ${what}`);
}

function check(when, young, old) {
  const missing = young.filter((path) => !existsSync(path) || statSync(path).size === 0);
  if (missing.length > 0) faults.push(`${when}: ${missing.length} young files are gone, the first ${missing[0]}`);
  for (const path of present(old).filter((one) => one.startsWith(clips) && !one.endsWith('.json'))) {
    if (!existsSync(path.replace(/\.(mp4|jpg)$/, '.json'))) faults.push(`${when}: ${path} is without its record`);
  }
  const lines = auditLines();
  const text = lines.join('\n');
  for (const line of lines) JSON.parse(line); // every one whole
  const unsaid = old.filter((path) => !existsSync(path) && !text.includes(path.slice(folder.length + 1)));
  if (unsaid.length > 0)
    faults.push(`${when}: ${unsaid.length} files went without a line of audit, the first ${unsaid[0]}`);
}

try {
  if (
    !existsSync(built) &&
    spawnSync(process.execPath, [join(root, 'tools/build-app.mjs'), 'janitor'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }).status !== 0
  )
    throw new Error('the janitor does not build');
  const nowMs = Date.now();
  const young = [];
  for (let i = 0; i < filesPerRound * 1.2; i++)
    young.push(segment(`cam_${i % 4}`, nowMs - 3 * DAY_MS + Math.floor(i / 4) * MINUTE_MS));
  for (let i = 0; i < 60; i++) young.push(...clip(`cam_${i % 4}`, nowMs - 5 * DAY_MS + i * 1000));
  const httpPort = await freePort();
  let midway = 0;
  let old = [];
  for (let round = 1; round <= kills; round++) {
    old = litter(nowMs);
    startJanitor(httpPort);
    // Some way into the pass: when a random share of the old files has gone.
    const tree = random() < 0.8 ? recordings : clips; // footage goes before clips, and is much more
    const order = old.filter((path) => path.startsWith(tree) && path.endsWith('.mp4'));
    const witness = order[Math.floor(order.length * random())];
    await until(() => !existsSync(witness), 'the pass to delete');
    child.kill('SIGKILL');
    await once(child, 'exit');
    if (present(old).length > 0) midway += 1;
    check(`after kill ${round}`, young, old);
    if (faults.length > 0) break;
  }
  startJanitor(httpPort);
  await until(
    () => present(old).length === 0 && emptyFolders(recordings).length === 0 && emptyFolders(clips).length === 0,
    'the undisturbed pass to finish',
  ).catch((error) =>
    faults.push(
      `${error.message}: ${present(old).length} old files and these empty folders are left: ${[...emptyFolders(recordings), ...emptyFolders(clips)].slice(0, 5).join(', ')}`,
    ),
  );
  check('at the end', young, old);
  child.kill('SIGTERM');
  await once(child, 'exit');
  if (midway < kills / 2)
    faults.push(
      `only ${midway} of ${kills} kills met a pass at work: that shows little; more files (the third argument) make the pass longer`,
    );
  console.log(
    `seed ${seed}: ${kills} kills, ${midway} of them in the middle of a pass of ${filesPerRound} segments and 40 clips; ${auditLines().length} lines of audit`,
  );
} catch (error) {
  faults.push(error.stack);
} finally {
  if (child && child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.log(`FAULT: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
