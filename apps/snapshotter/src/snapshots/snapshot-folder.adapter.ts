import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { confinedPath, joinNames, readSmallFile, RECORD_FILE_BYTES, syncToDisk } from '@vr/base';
import {
  readPayload,
  snapshotId,
  snapshotKey,
  snapshotRecord,
  type ClaimedSnapshot,
  type SnapshotId,
  type SnapshotRecord,
  type TakenSnapshot,
} from '@vr/contracts';
import { listFolder } from '@vr/footage';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { suffixedSnapshotId } from './snapshot-name';

/** A snapshot that is wanted; where it lies is decided when it is claimed. */
export type WantedSnapshot = Omit<ClaimedSnapshot, 'key' | 'state'>;

const WORK_FOLDER = '.work';
const OUTBOX_FOLDER = '.outbox';

/**
 * SNAPSHOTS_DIR/{camera}/{day}/: a snapshot's .jpg, and its .json (SnapshotRecord) once it is announced or failed for
 * good. SNAPSHOTS_DIR/.outbox/: the records of those that are not yet, so that finding them again never reads the
 * library. What has its final name is whole; work in progress lies in .work. Only this process writes here. Every path
 * is made from a snapshot's id and stays in SNAPSHOTS_DIR; a link in the place of a file is not followed, but replaced.
 */
@Injectable()
export class SnapshotFolder implements OnModuleInit {
  private readonly processMark = randomBytes(4).toString('hex');
  /** Claims take turns: a name is looked at and taken in one go. */
  private lastClaim: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'SNAPSHOTS_DIR'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Removes what earlier processes left half done. A disk that cannot be read now is no reason not to start. */
  async onModuleInit(): Promise<void> {
    try {
      const folder = await confinedPath(this.config.SNAPSHOTS_DIR, WORK_FOLDER);
      const left = (await listFolder(folder)).filter((name) => !name.startsWith(this.processMark));
      await Promise.all(left.map((name) => rm(`${folder}/${name}`, { recursive: true, force: true })));
    } catch (error) {
      this.logger.warn({ err: error }, 'SNAPSHOTS_DIR cannot be tidied up');
    }
  }

  /**
   * The record of what has this identity, made (durably) where there is none: `isNew`. Two snapshots of one camera and
   * instant would share a name: whoever comes second gets a suffix.
   */
  claim(wanted: WantedSnapshot): Promise<{ record: SnapshotRecord; isNew: boolean }> {
    const claimed = this.lastClaim.then(() => this.claimNow(wanted));
    this.lastClaim = claimed.catch(() => undefined);
    return claimed;
  }

  /** Of the records that are neither announced nor failed; oldest name first. */
  async openIds(): Promise<SnapshotId[]> {
    const names = await listFolder(await confinedPath(this.config.SNAPSHOTS_DIR, OUTBOX_FOLDER));
    return names
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => snapshotId.safeParse(name.slice(0, -'.json'.length)).data ?? []);
  }

  async readOpen(id: SnapshotId): Promise<SnapshotRecord | undefined> {
    return this.read(await this.outboxPath(id), id);
  }

  /** The picture gets its final name. */
  async keepPicture({ snapshot_id }: SnapshotRecord, jpeg: Buffer): Promise<void> {
    await this.place(jpeg, await this.finalPath(snapshot_id, 'jpg'));
  }

  async holdsPicture({ snapshot_id, size_bytes }: TakenSnapshot): Promise<boolean> {
    return lstat(await this.finalPath(snapshot_id, 'jpg')).then(
      (found) => found.isFile() && found.size === size_bytes,
      () => false,
    );
  }

  picturePath({ snapshot_id }: SnapshotRecord): Promise<string> {
    return this.finalPath(snapshot_id, 'jpg');
  }

  async write(record: SnapshotRecord): Promise<void> {
    await this.place(textOf(record), await this.outboxPath(record.snapshot_id));
  }

  /** Out of the outbox: the record lies beside its picture from now on. */
  async close(record: SnapshotRecord): Promise<void> {
    await this.place(textOf(record), await this.finalPath(record.snapshot_id, 'json'));
    await this.forget(record);
  }

  /** As if it had never been wanted. A picture that is there stays. */
  async forget({ snapshot_id }: SnapshotRecord): Promise<void> {
    await rm(await this.outboxPath(snapshot_id), { force: true });
  }

  private async claimNow(wanted: WantedSnapshot): Promise<{ record: SnapshotRecord; isNew: boolean }> {
    for (const id of [wanted.snapshot_id, suffixedSnapshotId(wanted.snapshot_id, wanted.identity)]) {
      const known = (await this.readOpen(id)) ?? (await this.read(await this.finalPath(id, 'json'), id));
      if (known?.identity === wanted.identity) return { record: known, isNew: false };
      if (known) continue;
      // As it will be read again: what could not be, is told now.
      const record = readPayload(snapshotRecord, {
        ...wanted,
        snapshot_id: id,
        key: snapshotKey(id),
        state: 'claimed',
      });
      await this.write(record);
      return { record, isNew: true };
    }
    throw new Error(`two names for a snapshot of ${wanted.snapshot_id} are taken`);
  }

  /** undefined where there is none, or none that can be read. */
  private async read(path: string, id: SnapshotId): Promise<SnapshotRecord | undefined> {
    try {
      const text = await readSmallFile(path, RECORD_FILE_BYTES);
      if (text === undefined) return undefined;
      const record = readPayload(snapshotRecord, parseJson(text));
      if (record.snapshot_id !== id) throw new Error(`wanted the record of ${id}, got that of ${record.snapshot_id}`);
      return record;
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) throw error; // of the disk: it may be read another time
      this.logger.warn(
        { record: path, reason: (error as Error).message },
        'the record of a snapshot cannot be read: it counts as not there',
      );
      return undefined;
    }
  }

  /** Whole and durable before it is visible. */
  private async place(bytes: Buffer | string, path: string): Promise<void> {
    const work = joinNames(
      await confinedPath(this.config.SNAPSHOTS_DIR, WORK_FOLDER),
      `${this.processMark}-${randomBytes(8).toString('hex')}`,
    );
    await Promise.all([mkdir(dirname(work), { recursive: true }), mkdir(dirname(path), { recursive: true })]);
    try {
      const file = await open(work, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(work, path);
      await syncToDisk(dirname(path));
    } catch (error) {
      await rm(work, { force: true });
      throw error;
    }
  }

  private async outboxPath(id: SnapshotId): Promise<string> {
    return joinNames(await confinedPath(this.config.SNAPSHOTS_DIR, OUTBOX_FOLDER), `${id}.json`);
  }

  private async finalPath(id: SnapshotId, kind: 'jpg' | 'json'): Promise<string> {
    const [camera = '', day = ''] = snapshotKey(id).split('/');
    return joinNames(await confinedPath(this.config.SNAPSHOTS_DIR, camera, day), `${id}.${kind}`);
  }
}

/** Throws where it could not be read again: better now than when somebody looks for it. */
function textOf(record: SnapshotRecord): string {
  readPayload(snapshotRecord, record);
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
