import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { clipRecord, type ClipJob, type ClipRecord } from '@vr/contracts';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { clipKey, suffixedClipId } from './clip-name';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * CLIPS_DIR/{camera}/{day}/: a clip's .mp4, .jpg and .json (its ClipRecord). Only this process writes there. What has a
 * final name is whole; names that begin with a dot are temporary. It also knows which records are still open (the outbox).
 */
@Injectable()
export class ClipFolder {
  /** Part of every temporary name, so that those of a dead process are told from ours. */
  private readonly processMark = randomBytes(4).toString('hex');
  private readonly open = new Map<string, ClipJob>();
  /** Claims take turns: a name is looked at and taken in one go. */
  private lastClaim: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CLIPS_DIR'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /**
   * The record of this event's clip, made where there is none. Its `job` is the one that counts: the first that came, under
   * the name that was free (two events of one camera at the same instant would share a name: the second gets a suffix).
   */
  claim(job: ClipJob): Promise<ClipRecord> {
    const claimed = this.lastClaim.then(() => this.claimNow(job));
    this.lastClaim = claimed.catch(() => undefined);
    return claimed;
  }

  async write(record: ClipRecord): Promise<void> {
    const temporary = await this.temporaryPath(record.job, 'json');
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(recordText(record));
    } finally {
      await file.close();
    }
    await this.keep(temporary, record.job, 'json');
    this.follow(record);
  }

  /** Makes a finished temporary file the clip's own: durable before it is visible. */
  async keep(temporaryPath: string, job: ClipJob, extension: 'mp4' | 'jpg' | 'json'): Promise<void> {
    await sync(temporaryPath);
    const path = this.path(job, extension);
    await rename(temporaryPath, path);
    await sync(dirname(path));
  }

  path(job: ClipJob, extension: 'mp4' | 'jpg' | 'json'): string {
    return join(this.config.CLIPS_DIR, clipKey(job, extension));
  }

  /** A path for work in progress, on the same file system as the final one. Its folder is there, the file is not. */
  async temporaryPath(job: ClipJob, ending: string): Promise<string> {
    const path = this.path(job, 'json');
    await mkdir(dirname(path), { recursive: true });
    return join(dirname(path), `.${job.clipId}.${this.processMark}.${randomBytes(3).toString('hex')}.${ending}`);
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Whether the clip and its thumbnail are (still) there. */
  async holdsFiles(job: ClipJob): Promise<boolean> {
    const sizes = await Promise.all((['mp4', 'jpg'] as const).map((extension) => sizeOf(this.path(job, extension))));
    return sizes.every((sizeBytes) => sizeBytes > 0);
  }

  /** The jobs whose clips are neither announced nor failed. */
  openJobs(): ClipJob[] {
    return [...this.open.values()];
  }

  /** Reads what earlier processes left: finds the open records and removes temporary files. Newest days first. */
  async takeStock(): Promise<void> {
    for (const folder of await this.dayFolders()) {
      for (const name of await namesIn(folder)) {
        if (name.startsWith('.')) {
          if (!name.includes(`.${this.processMark}.`)) await this.discard(join(folder, name));
        } else if (name.endsWith('.json')) {
          const record = await this.read(join(folder, name));
          if (record) this.follow(record);
        }
      }
    }
  }

  private async claimNow(job: ClipJob): Promise<ClipRecord> {
    const record: ClipRecord = { state: 'claimed', job };
    const other = { ...job, clipId: suffixedClipId(job.clipId, job.identity) };
    const suffixed = await this.read(this.path(other, 'json'));
    if (suffixed?.job.identity === job.identity) return this.follow(suffixed);
    const found = await this.read(this.path(job, 'json'));
    if (found?.job.identity === job.identity) return this.follow(found);
    return this.create(found ? { ...record, job: other } : record);
  }

  private async create(record: ClipRecord): Promise<ClipRecord> {
    const path = this.path(record.job, 'json');
    await mkdir(dirname(path), { recursive: true });
    try {
      const file = await open(path, 'wx');
      try {
        await file.writeFile(recordText(record));
        await file.sync();
      } finally {
        await file.close();
      }
      await sync(dirname(path));
      this.follow(record);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // Torn by a power cut before it said anything: nothing was made under it.
      await this.write(record);
    }
    return record;
  }

  /** Called with every record that is read or written, so that a stale reading does not last. */
  private follow(record: ClipRecord): ClipRecord {
    const key = clipKey(record.job, 'json');
    if (record.state === 'announced' || record.state === 'failed') this.open.delete(key);
    else this.open.set(key, record.job);
    return record;
  }

  /** undefined where there is none, or none that can be read. */
  private async read(path: string): Promise<ClipRecord | undefined> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const result = clipRecord.safeParse(parseJson(text));
    if (result.success) return result.data;
    this.logger.warn({ record: basename(path) }, 'a clip record cannot be read: it counts as not there');
    return undefined;
  }

  private async dayFolders(): Promise<string[]> {
    const cameras = await namesIn(this.config.CLIPS_DIR);
    const days = await Promise.all(
      cameras.map(async (camera) =>
        (await namesIn(join(this.config.CLIPS_DIR, camera))).filter((day) => DAY.test(day)).map((day) => ({ camera, day })),
      ),
    );
    return days
      .flat()
      .sort((a, b) => (a.day < b.day ? 1 : -1))
      .map(({ camera, day }) => join(this.config.CLIPS_DIR, camera, day));
  }
}

function recordText(record: ClipRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
