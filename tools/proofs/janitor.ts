// SIGKILL to the real janitor in the middle of a pass, again and again. After each kill and at the end: what is young
// is whole, no clip is without its record, every file that is gone has its line of audit. Then one undisturbed pass
// finishes: nothing old and no empty folder is left.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { segmentPath } from '@vr/footage';
import { freePort, seededRandom, spawnWorker, temporaryFolder, type WorkerProcess } from '@vr/testing';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CONTENT = 'footage';
const CAMERAS = 4;
const OLD_CLIPS = 40;
const YOUNG_CLIPS = 60;
/** A file is looked at so often: a pass deletes thousands of files a second. */
const LOOK_EVERY_MS = 2;
const PASS_WITHIN_MS = 60_000;

export interface JanitorKills {
  kills: number;
  seed: number;
  /** segments of old footage, made anew before each kill */
  files: number;
}

/** @returns whether nothing was wrong */
export async function proveJanitor({ kills, seed, files }: JanitorKills): Promise<boolean> {
  const folder = await temporaryFolder('chaos-janitor');
  const house = new House(folder.path, files);
  const faults: string[] = [];
  try {
    const midway = await killOften(house, kills, seededRandom(seed), faults);
    await finishUndisturbed(house, faults);
    if (midway < kills / 2)
      faults.push(`only ${midway} of ${kills} kills met a pass at work. More --files make the pass longer.`);
    console.log(
      `seed ${seed}: ${kills} kills, ${midway} of them in the middle of a pass of ${files} segments and ` +
        `${OLD_CLIPS} clips; ${house.auditLines().length} lines of audit`,
    );
  } catch (error) {
    faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await folder.remove();
  }
  for (const fault of faults) console.log(`FAULT: ${fault}`);
  return faults.length === 0;
}

/** @returns how many kills met a pass at work */
async function killOften(house: House, kills: number, random: () => number, faults: string[]): Promise<number> {
  let midway = 0;
  for (let round = 1; round <= kills && faults.length === 0; round++) {
    house.litter();
    const janitor = await house.startJanitor();
    // Some way into the pass: once a random share of the old files has gone. Footage goes before clips, and there is
    // much more of it.
    const tree = random() < 0.8 ? house.recordings : house.clips;
    const order = house.old.filter((path) => path.startsWith(tree) && path.endsWith('.mp4'));
    const witness = order[Math.floor(order.length * random())] ?? '';
    await untilTrue(() => !existsSync(witness), 'the pass to delete');
    await janitor.kill();
    if (house.oldLeft().length > 0) midway += 1;
    faults.push(...house.faults(`after kill ${round}`));
  }
  return midway;
}

async function finishUndisturbed(house: House, faults: string[]): Promise<void> {
  const janitor = await house.startJanitor();
  const isDone = (): boolean => house.oldLeft().length === 0 && house.emptyFolders().length === 0;
  await untilTrue(isDone, 'the undisturbed pass to finish').catch((error: unknown) => {
    const empty = house.emptyFolders().slice(0, 5).join(', ');
    faults.push(`${String(error)}: ${house.oldLeft().length} old files are left, and these empty folders: ${empty}`);
  });
  faults.push(...house.faults('at the end'));
  await janitor.stop();
}

class House {
  readonly recordings: string;
  readonly clips: string;
  private readonly audit: string;
  private readonly nowMs = Date.now();
  private readonly young: string[] = [];
  old: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly files: number,
  ) {
    this.recordings = join(folder, 'recordings');
    this.clips = join(folder, 'clips');
    this.audit = join(folder, 'audit');
    for (let i = 0; i < files * 1.2; i++)
      this.young.push(this.putSegment(i, this.nowMs - 3 * DAY_MS + Math.floor(i / CAMERAS) * MINUTE_MS));
    for (let i = 0; i < YOUNG_CLIPS; i++) this.young.push(...this.putClip(i, this.nowMs - 5 * DAY_MS + i * 1000));
  }

  /** Old things, fewer than young ones, so that none waits for a second look. */
  litter(): void {
    const oldestMs = Math.floor((this.nowMs - 20 * DAY_MS) / DAY_MS) * DAY_MS;
    this.old = [];
    for (let i = 0; i < this.files; i++)
      this.old.push(this.putSegment(i, oldestMs + Math.floor(i / CAMERAS) * MINUTE_MS * 2));
    for (let i = 0; i < OLD_CLIPS; i++) this.old.push(...this.putClip(i, oldestMs - 80 * DAY_MS + i * 1000));
  }

  async startJanitor(): Promise<WorkerProcess> {
    return spawnWorker('janitor', {
      HTTP_PORT: `${await freePort()}`,
      LOG_LEVEL: 'warn',
      NATS_URL: 'nats://127.0.0.1:9',
      CAMERA_CAM_0_URL: 'rtsp://127.0.0.1/0',
      RECORDINGS_DIR: this.recordings,
      CLIPS_DIR: this.clips,
      SNAPSHOTS_DIR: join(this.folder, 'snapshots'),
      OBJECTS_DIR: join(this.folder, 'objects'),
      AUDIT_DIR: this.audit,
    });
  }

  oldLeft(): string[] {
    return this.old.filter((path) => existsSync(path));
  }

  emptyFolders(): string[] {
    return [...emptyFoldersBelow(this.recordings), ...emptyFoldersBelow(this.clips)];
  }

  auditLines(): string[] {
    if (!existsSync(this.audit)) return [];
    return readdirSync(this.audit).flatMap((name) =>
      readFileSync(join(this.audit, name), 'utf8').split('\n').filter(Boolean),
    );
  }

  faults(when: string): string[] {
    const faults: string[] = [];
    const missing = this.young.filter((path) => !existsSync(path) || statSync(path).size === 0);
    if (missing[0] !== undefined)
      faults.push(`${when}: ${missing.length} young files are gone, the first ${missing[0]}`);
    for (const path of this.oldLeft().filter((one) => one.startsWith(this.clips) && !one.endsWith('.json')))
      if (!existsSync(path.replace(/\.(mp4|jpg)$/, '.json'))) faults.push(`${when}: ${path} is without its record`);
    const lines = this.auditLines();
    for (const line of lines) JSON.parse(line); // throws where a line is not whole
    const text = lines.join('\n');
    const unsaid = this.old.filter((path) => !existsSync(path) && !text.includes(path.slice(this.folder.length + 1)));
    if (unsaid[0] !== undefined)
      faults.push(`${when}: ${unsaid.length} files went without a line of audit, the first ${unsaid[0]}`);
    return faults;
  }

  private putSegment(i: number, startMs: number): string {
    const path = segmentPath(this.recordings, `cam_${i % CAMERAS}`, startMs, MINUTE_MS);
    return put(path, startMs + MINUTE_MS, CONTENT);
  }

  /** @returns the paths of the clip, its thumbnail and its record */
  private putClip(i: number, madeMs: number): string[] {
    const camera = `cam_${i % CAMERAS}`;
    const name = `event_${camera}_${(madeMs / 1000).toFixed(3)}`;
    const base = join(this.clips, camera, new Date(madeMs).toISOString().slice(0, 10), name);
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
      put(`${base}.mp4`, madeMs, CONTENT),
      put(`${base}.jpg`, madeMs, CONTENT),
      put(`${base}.json`, madeMs, JSON.stringify({ state: 'announced', job })),
    ];
  }
}

function put(path: string, madeMs: number, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, madeMs / 1000, madeMs / 1000);
  return path;
}

function emptyFoldersBelow(path: string): string[] {
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(path, name)).length === 0 ? [join(path, name)] : emptyFoldersBelow(join(path, name)),
    );
}

/** `until` of libs/testing looks every 50 ms; a pass is over by then. */
async function untilTrue(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = performance.now() + PASS_WITHIN_MS; performance.now() < deadline; await wait(LOOK_EVERY_MS))
    if (condition()) return;
  throw new Error(`waited ${PASS_WITHIN_MS / 1000} s in vain for ${what}`);
}
