import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { clipRecord, type ClipJob, type ClipRecord } from '@vr/contracts';
import { listFolder, syncToDisk } from '@vr/footage';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { clipKey, type ClipFileKind } from './clip-name';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A clip, by camera and name. */
export type ClipPlace = Pick<ClipJob, 'cameraId' | 'clipId'>;

/**
 * CLIPS_DIR/{camera}/{day}/: a clip's .mp4, .jpg and .json (its ClipRecord). Only this process writes there. What has a
 * final name is whole; names that begin with a dot are temporary.
 */
@Injectable()
export class ClipFolder {
  /** Part of every temporary name, so that those of a dead process are told from ours. */
  private readonly processMark = randomBytes(4).toString('hex');

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CLIPS_DIR'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** undefined where there is none, or none that can be read. */
  read(clip: ClipPlace): Promise<ClipRecord | undefined> {
    return this.readRecord(this.path(clip, 'json'));
  }

  /** Replaces the record whole. A power cut leaves this one or the one before, and every file that was kept before it. */
  async write(record: ClipRecord): Promise<void> {
    const temporary = await this.temporaryPath(record.job, 'json');
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    } catch (error) {
      await this.discard(temporary);
      throw error;
    } finally {
      await file.close();
    }
    await this.keep(temporary, record.job, 'json');
    // What comes later is found out again: that an object is stored by asking the store, and a message may be sent twice.
    if (record.state !== 'uploaded' && record.state !== 'announced') await syncToDisk(dirname(this.path(record.job, 'json')));
  }

  /** Makes a finished temporary file the clip's own: its content is durable before it is visible; its name, with the next record. */
  async keep(temporaryPath: string, clip: ClipPlace, kind: ClipFileKind): Promise<void> {
    await syncToDisk(temporaryPath);
    await rename(temporaryPath, this.path(clip, kind));
  }

  path(clip: ClipPlace, kind: ClipFileKind): string {
    return join(this.config.CLIPS_DIR, clipKey(clip, kind));
  }

  /** A path for work in progress, on the same file system as the final one. Its folder is there, the file is not. */
  async temporaryPath(clip: ClipPlace, ending: string): Promise<string> {
    const path = this.path(clip, 'json');
    await mkdir(dirname(path), { recursive: true });
    return join(dirname(path), `.${clip.clipId}.${this.processMark}.${randomBytes(3).toString('hex')}.${ending}`);
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Whether the clip that the record tells of, and its thumbnail, are (still) there. */
  async holdsFiles({ job, ready }: ClipRecord): Promise<boolean> {
    const [clipBytes, thumbnailBytes] = await Promise.all((['mp4', 'jpg'] as const).map((kind) => sizeOf(this.path(job, kind))));
    return ready !== undefined && clipBytes === ready.size_bytes && thumbnailBytes !== undefined && thumbnailBytes > 0;
  }

  /** Whether the clip has such a file: what has its name is whole. */
  async holds(clip: ClipPlace, kind: ClipFileKind): Promise<boolean> {
    return ((await sizeOf(this.path(clip, kind))) ?? 0) > 0;
  }

  /** Every record there is, newest days first; removes the temporary files of dead processes on the way. */
  async *records(): AsyncIterable<ClipRecord> {
    for (const folder of await this.dayFolders()) {
      for (const name of await listFolder(folder)) {
        if (name.startsWith('.')) {
          if (!name.includes(`.${this.processMark}.`)) await this.discard(join(folder, name));
        } else if (name.endsWith('.json')) {
          const record = await this.readRecord(join(folder, name));
          if (record) yield record;
        }
      }
    }
  }

  private async readRecord(path: string): Promise<ClipRecord | undefined> {
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
    const cameras = await listFolder(this.config.CLIPS_DIR);
    const days = await Promise.all(
      cameras.map(async (camera) =>
        (await listFolder(join(this.config.CLIPS_DIR, camera))).filter((day) => DAY.test(day)).map((day) => ({ camera, day })),
      ),
    );
    return days
      .flat()
      .sort((a, b) => (a.day < b.day ? 1 : -1))
      .map(({ camera, day }) => join(this.config.CLIPS_DIR, camera, day));
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
