import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { snapshotRecord, type ClaimedSnapshot, type SnapshotRecord, type TakenSnapshot } from '@vr/contracts';
import { listFolder, syncToDisk } from '@vr/footage';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { snapshotKey, suffixedSnapshotId } from './snapshot-name';

/** A snapshot that is wanted; where it lies is decided when it is claimed. */
export type WantedSnapshot = Omit<ClaimedSnapshot, 'key' | 'state'>;

const WORK_FOLDER = '.work';
const OUTBOX_FOLDER = '.outbox';

/**
 * SNAPSHOTS_DIR/{camera}/{day}/: a snapshot's .jpg, and its .json (SnapshotRecord) once it is announced or failed for good.
 * SNAPSHOTS_DIR/.outbox/: the records of those that are not yet, so that finding them again never reads the library.
 * What has its final name is whole; work in progress lies in .work. Only this process writes here.
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
    const folder = this.path(WORK_FOLDER);
    try {
      const left = (await listFolder(folder)).filter((name) => !name.startsWith(this.processMark));
      await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
    } catch (error) {
      this.logger.warn({ err: error }, 'SNAPSHOTS_DIR cannot be tidied up');
    }
  }

  /**
   * The record of what has this identity, made (durably) where there is none: `isNew`. Two snapshots of one camera and instant would share a
   * name: whoever comes second gets a suffix.
   */
  claim(wanted: WantedSnapshot, timestampMs: number): Promise<{ record: SnapshotRecord; isNew: boolean }> {
    const claimed = this.lastClaim.then(() => this.claimNow(wanted, timestampMs));
    this.lastClaim = claimed.catch(() => undefined);
    return claimed;
  }

  /** Of the records that are neither announced nor failed; oldest name first. */
  async openIds(): Promise<string[]> {
    const names = await listFolder(this.path(OUTBOX_FOLDER));
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  }

  async readOpen(id: string): Promise<SnapshotRecord | undefined> {
    return this.read(this.outboxPath(id));
  }

  /** The picture gets its final name. */
  async keepPicture({ key }: SnapshotRecord, jpeg: Buffer): Promise<void> {
    await this.place(jpeg, this.path(key));
  }

  async holdsPicture({ key, size_bytes }: TakenSnapshot): Promise<boolean> {
    return stat(this.path(key)).then(
      ({ size }) => size === size_bytes,
      () => false,
    );
  }

  picturePath({ key }: SnapshotRecord): string {
    return this.path(key);
  }

  async write(record: SnapshotRecord): Promise<void> {
    await this.place(textOf(record), this.outboxPath(record.snapshot_id));
  }

  /** Out of the outbox: the record lies beside its picture from now on. */
  async close(record: SnapshotRecord): Promise<void> {
    await this.place(textOf(record), this.finalPath(record.key));
    await this.forget(record);
  }

  /** As if it had never been wanted. A picture that is there stays. */
  async forget({ snapshot_id }: SnapshotRecord): Promise<void> {
    await rm(this.outboxPath(snapshot_id), { force: true });
  }

  private async claimNow(wanted: WantedSnapshot, timestampMs: number): Promise<{ record: SnapshotRecord; isNew: boolean }> {
    for (const id of [wanted.snapshot_id, suffixedSnapshotId(wanted.snapshot_id, wanted.identity)]) {
      const key = snapshotKey(wanted.camera_id, timestampMs, id);
      const known = (await this.read(this.outboxPath(id))) ?? (await this.read(this.finalPath(key)));
      if (known?.identity === wanted.identity) return { record: known, isNew: false };
      if (known) continue;
      const record: SnapshotRecord = { ...wanted, snapshot_id: id, key, state: 'claimed' };
      await this.write(record);
      return { record, isNew: true };
    }
    throw new Error(`two names for a snapshot of ${wanted.snapshot_id} are taken`);
  }

  /** undefined where there is none, or none that can be read. */
  private async read(path: string): Promise<SnapshotRecord | undefined> {
    const text = (await readIfThere(path))?.toString('utf8');
    if (text === undefined) return undefined;
    const result = snapshotRecord.safeParse(parseJson(text));
    if (result.success) return result.data;
    this.logger.warn({ record: path }, 'the record of a snapshot cannot be read: it counts as not there');
    return undefined;
  }

  /** Whole and durable before it is visible. */
  private async place(bytes: Buffer | string, path: string): Promise<void> {
    const work = this.path(WORK_FOLDER, `${this.processMark}-${randomBytes(8).toString('hex')}`);
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

  private outboxPath(id: string): string {
    return this.path(OUTBOX_FOLDER, `${id}.json`);
  }

  private finalPath(key: string): string {
    return this.path(key.replace(/\.jpg$/, '.json'));
  }

  private path(...parts: string[]): string {
    return join(this.config.SNAPSHOTS_DIR, ...parts);
  }
}

function textOf(record: SnapshotRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
