import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { confinedPath, joinNames, listFolder, syncToDisk } from '@vr/base';
import {
  clipId as clipIdSchema,
  clipKey,
  isDay,
  type CameraId,
  type ClipFileKind,
  type ClipId,
  type ClipJob,
  type ClipRecord,
} from '@vr/contracts';
import { newestDays, storedNames } from './newest-days';
import { clipRecordOf, clipRecordText, readRecord } from './record-file';

/** Names a clip. */
export type ClipPlace = Pick<ClipJob, 'clipId'>;

/** The folders of a library tell this log what they passed over. */
export interface FolderLog {
  warn(facts: object, message: string): void;
}

/**
 * CLIPS_DIR/{camera}/{day}/ holds a clip's .mp4, .jpg and .json (its ClipRecord). Only the clipper writes there. A file
 * with its final name is whole, and a name that begins with a dot is temporary. Every path is made from a clip's id and
 * stays in CLIPS_DIR. A link in the place of a file is replaced, not followed.
 */
export class ClipFolder {
  /** A part of every temporary name. It tells our files from those of a dead process. */
  private readonly processMark = randomBytes(4).toString('hex');

  constructor(
    private readonly root: string,
    private readonly log: FolderLog,
  ) {}

  /** Undefined where no record can be read. */
  async read(clip: ClipPlace): Promise<ClipRecord | undefined> {
    return this.readFile(await this.path(clip, 'json'), clip.clipId);
  }

  /**
   * Replaces the whole record. A power cut leaves this record or the one before, and every file that was kept earlier.
   */
  async write(record: ClipRecord): Promise<void> {
    const text = clipRecordText(record);
    const temporary = await this.temporaryPath(record.job, 'json');
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
    } catch (error) {
      await this.discard(temporary);
      throw error;
    } finally {
      await file.close();
    }
    await this.keep(temporary, record.job, 'json');
    // A power cut may lose the later states: the store knows of the object, and a message may be sent twice.
    if (record.state !== 'uploaded' && record.state !== 'announced') await syncToDisk(dirname(temporary));
  }

  /**
   * Gives a finished temporary file its final name. The content is durable before it is visible. The name becomes
   * durable with the next record.
   */
  async keep(temporaryPath: string, clip: ClipPlace, kind: ClipFileKind): Promise<void> {
    await syncToDisk(temporaryPath);
    await rename(temporaryPath, await this.path(clip, kind));
  }

  /** Throws OutsideRootError where the clip's folder is, or lies behind, a link out of CLIPS_DIR. */
  async path(clip: ClipPlace, kind: ClipFileKind): Promise<string> {
    const [camera = '', day = '', fileName = ''] = clipKey(clip, kind).split('/');
    return joinNames(await confinedPath(this.root, camera, day), fileName);
  }

  /** A path for work in progress, on the file system of the final path. The folder exists, and the file does not. */
  async temporaryPath(clip: ClipPlace, ending: string): Promise<string> {
    const folder = dirname(await this.path(clip, 'json'));
    await mkdir(folder, { recursive: true });
    return joinNames(folder, `.${clip.clipId}.${this.processMark}.${randomBytes(3).toString('hex')}.${ending}`);
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Whether the clip of the record and its thumbnail are there. */
  async holdsFiles({ job, ready }: ClipRecord): Promise<boolean> {
    const [clipBytes, thumbnailBytes] = await Promise.all(
      (['mp4', 'jpg'] as const).map((kind) => this.sizeOf(job, kind)),
    );
    return ready !== undefined && clipBytes === ready.size_bytes && thumbnailBytes !== undefined && thumbnailBytes > 0;
  }

  /** Whether the clip has a file of this kind. A file with a final name is whole. */
  async holds(clip: ClipPlace, kind: ClipFileKind): Promise<boolean> {
    return ((await this.sizeOf(clip, kind)) ?? 0) > 0;
  }

  /** The names of the clips that a camera has of a day, if they have a record. */
  async namesOf(cameraId: CameraId, day: string): Promise<ClipId[]> {
    if (!isDay(day)) return [];
    return this.recordNames({ cameraId, day, path: await confinedPath(this.root, cameraId, day) });
  }

  /** Reads every record, the newest days first. */
  async *records(): AsyncIterable<ClipRecord> {
    for (const folder of await this.days()) {
      for (const clipId of await this.recordNames(folder)) {
        const record = await this.readFile(joinNames(folder.path, `${clipId}.json`), clipId);
        if (record) yield record;
      }
    }
  }

  /** Removes the temporary files that dead processes left. */
  async removeLeftovers(): Promise<void> {
    for (const { path } of await this.days()) {
      for (const name of await listFolder(path)) {
        if (!name.startsWith('.') || name.includes(`.${this.processMark}.`)) continue;
        await this.discard(`${path}/${name}`).catch(() => undefined); // a folder, for example: it is not ours
      }
    }
  }

  private days(): ReturnType<typeof newestDays> {
    return newestDays(this.root, {}, (reason) => this.log.warn({ reason }, 'a folder of clips is passed over'));
  }

  private async recordNames(folder: Parameters<typeof storedNames>[0]): Promise<ClipId[]> {
    const names = await storedNames(folder, 'clip');
    return names.flatMap(({ id, extension }) => (extension === 'json' ? clipIdSchema.parse(id) : []));
  }

  private readFile(path: string, clipId: ClipId): Promise<ClipRecord | undefined> {
    return readRecord(path, clipRecordOf(clipId), (reason) =>
      this.log.warn({ record: path, reason }, 'a clip record cannot be read: it counts as not there'),
    );
  }

  /** Undefined where there is no plain file. */
  private async sizeOf(clip: ClipPlace, kind: ClipFileKind): Promise<number | undefined> {
    const found = await lstat(await this.path(clip, kind)).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  }
}
