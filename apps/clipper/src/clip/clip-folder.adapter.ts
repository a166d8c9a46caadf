import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { confinedPath, joinNames, OutsideRootError, readSmallFile, RECORD_FILE_BYTES, syncToDisk } from '@vr/base';
import {
  cameraId as cameraIdSchema,
  clipId as clipIdSchema,
  clipKey,
  clipRecord,
  isDay,
  readPayload,
  type CameraId,
  type ClipFileKind,
  type ClipId,
  type ClipJob,
  type ClipRecord,
} from '@vr/contracts';
import { listFolder } from '@vr/footage';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';

const RECORD = '.json';

/** A clip, by its name. */
export type ClipPlace = Pick<ClipJob, 'clipId'>;

/**
 * CLIPS_DIR/{camera}/{day}/: a clip's .mp4, .jpg and .json (its ClipRecord). Only this process writes there. What has a
 * final name is whole; names that begin with a dot are temporary. Every path here is made from a clip's id and stays in
 * CLIPS_DIR; a link in the place of a file is not followed, but replaced.
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
  async read(clip: ClipPlace): Promise<ClipRecord | undefined> {
    return this.readRecord(await this.path(clip, 'json'), clip.clipId);
  }

  /**
   * Replaces the record whole. A power cut leaves this one or the one before, and every file that was kept before it.
   */
  async write(record: ClipRecord): Promise<void> {
    readPayload(clipRecord, record); // What could not be read again would be a clip that nobody knows: better said now.
    const temporary = await this.temporaryPath(record.job, 'json');
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    } catch (error) {
      await this.discard(temporary);
      throw error;
    } finally {
      await file.close();
    }
    await this.keep(temporary, record.job, 'json');
    // What comes later is found out again: that an object is stored by asking the store, and a message may be sent
    // twice.
    if (record.state !== 'uploaded' && record.state !== 'announced') await syncToDisk(dirname(temporary));
  }

  /**
   * Makes a finished temporary file the clip's own: its content is durable before it is visible; its name, with the
   * next record.
   */
  async keep(temporaryPath: string, clip: ClipPlace, kind: ClipFileKind): Promise<void> {
    await syncToDisk(temporaryPath);
    await rename(temporaryPath, await this.path(clip, kind));
  }

  /** Throws OutsideRootError where the clip's folder is, or lies behind, a link out of CLIPS_DIR. */
  async path(clip: ClipPlace, kind: ClipFileKind): Promise<string> {
    const [camera = '', day = '', fileName = ''] = clipKey(clip, kind).split('/');
    return joinNames(await confinedPath(this.config.CLIPS_DIR, camera, day), fileName);
  }

  /** A path for work in progress, on the same file system as the final one. Its folder is there, the file is not. */
  async temporaryPath(clip: ClipPlace, ending: string): Promise<string> {
    const folder = dirname(await this.path(clip, 'json'));
    await mkdir(folder, { recursive: true });
    return joinNames(folder, `.${clip.clipId}.${this.processMark}.${randomBytes(3).toString('hex')}.${ending}`);
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Whether the clip that the record tells of, and its thumbnail, are (still) there. */
  async holdsFiles({ job, ready }: ClipRecord): Promise<boolean> {
    const [clipBytes, thumbnailBytes] = await Promise.all(
      (['mp4', 'jpg'] as const).map((kind) => this.sizeOf(job, kind)),
    );
    return ready !== undefined && clipBytes === ready.size_bytes && thumbnailBytes !== undefined && thumbnailBytes > 0;
  }

  /** Whether the clip has such a file: what has its name is whole. */
  async holds(clip: ClipPlace, kind: ClipFileKind): Promise<boolean> {
    return ((await this.sizeOf(clip, kind)) ?? 0) > 0;
  }

  /** The names of a camera's clips of a day that have a record. */
  async namesOf(camera: CameraId, day: string): Promise<ClipId[]> {
    const names = await listFolder(await confinedPath(this.config.CLIPS_DIR, camera, day));
    return names.flatMap((name) =>
      name.endsWith(RECORD) ? (clipIdSchema.safeParse(name.slice(0, -RECORD.length)).data ?? []) : [],
    );
  }

  /** Every record there is, newest days first; removes the temporary files of dead processes on the way. */
  async *records(): AsyncIterable<ClipRecord> {
    for (const folder of await this.dayFolders()) {
      for (const name of await listFolder(folder)) {
        if (name.startsWith('.')) {
          if (!name.includes(`.${this.processMark}.`)) await this.discard(`${folder}/${name}`).catch(() => undefined); // a folder, say: somebody else's
          continue;
        }
        const clipId = name.endsWith(RECORD) ? clipIdSchema.safeParse(name.slice(0, -RECORD.length)).data : undefined;
        const record = clipId === undefined ? undefined : await this.readRecord(joinNames(folder, name), clipId);
        if (record) yield record;
      }
    }
  }

  private async readRecord(path: string, clipId: ClipId): Promise<ClipRecord | undefined> {
    try {
      const text = await readSmallFile(path, RECORD_FILE_BYTES);
      if (text === undefined) return undefined;
      const record = readPayload(clipRecord, parseJson(text));
      if (record.job.clipId !== clipId)
        throw new Error(`wanted the record of ${clipId}, got that of ${record.job.clipId}`);
      return record;
    } catch (error) {
      if (isOfTheDisk(error)) throw error;
      this.logger.warn(
        { record: path, reason: (error as Error).message },
        'a clip record cannot be read: it counts as not there',
      );
      return undefined;
    }
  }

  private async dayFolders(): Promise<string[]> {
    const root = this.config.CLIPS_DIR;
    const found: { day: string; path: string }[] = [];
    for (const camera of (await listFolder(root)).filter((name) => cameraIdSchema.safeParse(name).success)) {
      for (const day of (await listFolder(joinNames(root, camera))).filter(isDay)) {
        const path = await confinedPath(root, camera, day).catch((error: unknown) => this.passOver(error));
        if (path !== undefined) found.push({ day, path });
      }
    }
    return found.sort((a, b) => (a.day < b.day ? 1 : -1)).map(({ path }) => path);
  }

  private passOver(error: unknown): undefined {
    if (!(error instanceof OutsideRootError)) throw error;
    this.logger.warn({ reason: error.message }, 'a folder of clips is passed over');
  }

  /** undefined where there is no plain file. */
  private async sizeOf(clip: ClipPlace, kind: ClipFileKind): Promise<number | undefined> {
    const found = await lstat(await this.path(clip, kind)).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  }
}

/** Not of what stands in the file: it may be read another time. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
