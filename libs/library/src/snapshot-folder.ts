import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { confinedPath, joinNames, listFolder, syncToDisk } from '@vr/base';
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
import type { FolderLog } from './clip-folder';
import { readRecord, snapshotRecordOf, snapshotRecordText } from './record-file';
import { suffixedSnapshotId } from './suffixed-id';

/** A snapshot that somebody wants. The claim decides where it lies. */
export type WantedSnapshot = Omit<ClaimedSnapshot, 'key' | 'state'>;

const WORK_FOLDER = '.work';
const OUTBOX_FOLDER = '.outbox';
/** Folders in SNAPSHOTS_DIR whose files are no snapshots yet, although they take room. */
export const UNFINISHED_SNAPSHOTS = [OUTBOX_FOLDER, WORK_FOLDER] as const;

/**
 * SNAPSHOTS_DIR/{camera}/{day}/: a snapshot's .jpg, and its .json (SnapshotRecord) once it is announced or failed for
 * good. The records of unfinished ones lie in SNAPSHOTS_DIR/.outbox/, so that finding them never reads the library.
 * A file with its final name is whole; work in progress lies in .work. Only the snapshotter writes here. Every path is
 * made from a snapshot's id and stays in SNAPSHOTS_DIR. A link in the place of a file is replaced, not followed.
 */
export class SnapshotFolder {
  private readonly processMark = randomBytes(4).toString('hex');
  /** Claims take turns, so that nobody takes a name between the look and the claim. */
  private lastClaim: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly root: string,
    private readonly log: FolderLog,
  ) {}

  /** Removes what dead processes left half done. The worker starts even if the disk cannot be read now. */
  async removeLeftovers(): Promise<void> {
    try {
      const folder = await confinedPath(this.root, WORK_FOLDER);
      const left = (await listFolder(folder)).filter((name) => !name.startsWith(this.processMark));
      await Promise.all(left.map((name) => rm(`${folder}/${name}`, { recursive: true, force: true })));
    } catch (error) {
      this.log.warn({ err: error }, 'SNAPSHOTS_DIR cannot be tidied up');
    }
  }

  /**
   * Finds the record of this identity, or makes it durably (`isNew`). Two snapshots of one camera and instant would
   * share a name, so the second gets a suffix.
   */
  claim(wanted: WantedSnapshot): Promise<{ record: SnapshotRecord; isNew: boolean }> {
    const claimed = this.lastClaim.then(() => this.claimNow(wanted));
    this.lastClaim = claimed.catch(() => undefined);
    return claimed;
  }

  /** The snapshots that are neither announced nor failed, by name, the oldest first. */
  async openIds(): Promise<SnapshotId[]> {
    const names = await listFolder(await confinedPath(this.root, OUTBOX_FOLDER));
    return names
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => snapshotId.safeParse(name.slice(0, -'.json'.length)).data ?? []);
  }

  async readOpen(id: SnapshotId): Promise<SnapshotRecord | undefined> {
    return this.read(await this.outboxPath(id), id);
  }

  /** Gives the picture its final name. */
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
    await this.place(snapshotRecordText(record), await this.outboxPath(record.snapshot_id));
  }

  /** Takes the record out of the outbox. From now on it lies beside its picture. */
  async close(record: SnapshotRecord): Promise<void> {
    await this.place(snapshotRecordText(record), await this.finalPath(record.snapshot_id, 'json'));
    await this.forget(record);
  }

  /** Removes the record, as if the snapshot had never been wanted. A picture that is there stays. */
  async forget({ snapshot_id }: SnapshotRecord): Promise<void> {
    await rm(await this.outboxPath(snapshot_id), { force: true });
  }

  private async claimNow(wanted: WantedSnapshot): Promise<{ record: SnapshotRecord; isNew: boolean }> {
    for (const id of [wanted.snapshot_id, suffixedSnapshotId(wanted.snapshot_id, wanted.identity)]) {
      const known = (await this.readOpen(id)) ?? (await this.read(await this.finalPath(id, 'json'), id));
      if (known?.identity === wanted.identity) return { record: known, isNew: false };
      if (known) continue;
      // The schema refuses now a record that could not be read again.
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

  /** Undefined where no record can be read. */
  private read(path: string, id: SnapshotId): Promise<SnapshotRecord | undefined> {
    return readRecord(path, snapshotRecordOf(id), (reason) =>
      this.log.warn({ record: path, reason }, 'the record of a snapshot cannot be read: it counts as not there'),
    );
  }

  /** Puts a file in its place. It is whole and durable before it is visible. */
  private async place(bytes: Buffer | string, path: string): Promise<void> {
    const work = joinNames(
      await confinedPath(this.root, WORK_FOLDER),
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
    return joinNames(await confinedPath(this.root, OUTBOX_FOLDER), `${id}.json`);
  }

  private async finalPath(id: SnapshotId, kind: 'jpg' | 'json'): Promise<string> {
    const [camera = '', day = ''] = snapshotKey(id).split('/');
    return joinNames(await confinedPath(this.root, camera, day), `${id}.${kind}`);
  }
}
