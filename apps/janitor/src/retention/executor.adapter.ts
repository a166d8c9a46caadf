import { realpathSync, unlinkSync } from 'node:fs';
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, utcDay, type AuditEntry, type Clock } from '@vr/contracts';
import { AuditLog, NOTES_FILE, segmentFileName, type Deletion, type Tree } from '@vr/footage';
import { CLOCK, LOGGER, type Logger } from '@vr/service';
import { TREES, VolumeAdapter } from '../catalogue/volume.adapter';
import type { FilePlace } from '../catalogue/clip-catalogue';
import { JanitorMetrics } from './janitor-metrics';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** So many lines of audit go before so many files: a kill in between leaves a line too many, never one too few. */
const BATCH = 128;
/** A file system takes its time over a large file: that must not hold up everything else. A small one takes less than handing it to a thread. */
const LARGE_BYTES = 64 * 1024 * 1024;

export interface Carried {
  files: number;
  /** By kind and reason. */
  done: Map<string, { files: number; bytes: number }>;
  failures: string[];
  /** What age took, for whoever deletes the objects of the same name. */
  aged: Deletion<FilePlace>[];
}

export interface Orders {
  /** Asked before every batch: what has become held since the plan was made stays. */
  isHeld: (deletion: Deletion<FilePlace>) => boolean;
  beforeBatch: () => Promise<void>;
  /** Where true, it ends after the batch at hand. */
  isOver: () => boolean;
  why: (deletion: Deletion<FilePlace>) => string;
}

/** Deletes files. Nothing outside its three trees, nothing through a symbolic link, nothing unsaid. */
@Injectable()
export class Executor {
  private batch: Promise<void> = Promise.resolve();
  /** Lines that the full disk did not take; they go as soon as there is room. */
  private owed: Omit<AuditEntry, 'at'>[] = [];

  constructor(
    @Inject(VolumeAdapter) private readonly volumes: VolumeAdapter,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JanitorMetrics) private readonly metrics: Pick<JanitorMetrics, 'deleted'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {}

  async carryOut(deletions: readonly Deletion<FilePlace>[], orders: Orders): Promise<Carried> {
    const carried: Carried = { files: 0, done: new Map(), failures: [], aged: [] };
    for (let from = 0; from < deletions.length && !orders.isOver(); from += BATCH) {
      await orders.beforeBatch();
      this.batch = this.carryOutBatch(deletions.slice(from, from + BATCH), orders, carried);
      await this.batch;
    }
    await this.settleAudit();
    return carried;
  }

  /** Resolves when nothing is being deleted by a decision from before now. */
  async boundary(): Promise<void> {
    await this.batch;
  }

  /** Empty folders of days that are over: a writer may just have made the folder of today, and be about to use it. */
  async removeEmptyFolders(folders: Iterable<{ tree: Tree; cameraId: string; day: string }>): Promise<void> {
    const before = utcDay(this.clock.nowMs() - DAY_MS);
    const cameras = new Set<string>();
    for (const { tree, cameraId, day } of folders) {
      if (day >= before) continue;
      const camera = join(this.volumes.folderOf(tree), cameraId);
      if (await removeEmpty(join(camera, day))) cameras.add(camera);
    }
    for (const tree of TREES) for (const camera of await this.forgottenCameras(tree)) cameras.add(camera);
    for (const camera of cameras) await removeEmpty(camera);
  }

  private async carryOutBatch(planned: Deletion<FilePlace>[], { isHeld, why }: Orders, carried: Carried): Promise<void> {
    const batch = planned.filter((deletion) => !isHeld(deletion));
    await this.say(batch.map((deletion) => entryOf(deletion, why(deletion))));
    const folders = new Folders(this.volumes);
    // Side by side: a batch is small enough that its own order does not matter.
    await Promise.all(batch.map((deletion) => this.carryOutOne(deletion, folders, carried)));
  }

  private async carryOutOne(deletion: Deletion<FilePlace>, folders: Folders, carried: Carried): Promise<void> {
    try {
      if (!(await remove(deletion, folders))) return;
    } catch (error) {
      carried.failures.push((error as Error).message);
      return;
    }
    const { kind, reason, sizeBytes } = deletion;
    this.metrics.deleted(kind, reason, sizeBytes);
    const key = `${kind}, ${reason}`;
    const sofar = carried.done.get(key) ?? { files: 0, bytes: 0 };
    carried.done.set(key, { files: sofar.files + 1, bytes: sofar.bytes + sizeBytes });
    carried.files += 1;
    if (reason === 'age' && deletion.item) carried.aged.push(deletion);
  }

  private async say(entries: Omit<AuditEntry, 'at'>[]): Promise<void> {
    this.owed.push(...entries);
    try {
      await this.audit.write(this.owed);
      this.owed = [];
    } catch (error) {
      // A disk that is full takes no line until something has gone: the deletion goes first, the line stays owed.
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      this.logger.error({ err: error }, 'the audit cannot be written: its lines are kept and tried again');
    }
  }

  private async settleAudit(): Promise<void> {
    await this.say([]);
    if (this.owed.length === 0) return;
    this.logger.error({ lines: this.owed.length, first: this.owed[0] }, 'deletions are not in the audit yet: is AUDIT_DIR there, and has it room?');
  }

  /** Folders of cameras whose last day a crash removed without them. */
  private async forgottenCameras(tree: Tree): Promise<string[]> {
    const root = this.volumes.folderOf(tree);
    const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
    const found: string[] = [];
    for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
      const path = join(root, name);
      const stat = await lstat(path).catch(() => undefined);
      // Links of a folder: itself, its name above, and one for each folder in it.
      if (stat && stat.nlink <= 2 && this.clock.nowMs() - stat.ctimeMs > HOUR_MS) found.push(path);
    }
    return found;
  }
}

/** Folders as they really are, looked at once a batch: one that is, or has become, a link leads nowhere for us. */
class Folders {
  private readonly known = new Map<string, string>();

  constructor(private readonly volumes: Pick<VolumeAdapter, 'folderOf'>) {}

  /** Throws where the folder is not in its tree. */
  real(tree: Tree, relative: string): string {
    const key = `${tree}/${relative}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const folder = relative === '' ? realpathSync.native(this.volumes.folderOf(tree)) : join(this.real(tree, ''), relative);
    if (realpathSync.native(folder) !== folder) throw new Error(`${folder} leads elsewhere: nothing is deleted there`);
    this.known.set(key, folder);
    return folder;
  }
}

/** @returns whether anything of it was there. Throws where its folder is not, or no longer, what the catalogue saw. */
async function remove(deletion: Deletion<FilePlace>, folders: Folders): Promise<boolean> {
  const { tree, paths } = pathsOf(deletion);
  let found = false;
  for (const path of paths) {
    try {
      const file = join(folders.real(tree, dirname(path)), basename(path));
      // Of a link, the link itself.
      if (deletion.sizeBytes < LARGE_BYTES) unlinkSync(file);
      else await unlink(file);
      found = true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return found;
}

async function removeEmpty(path: string): Promise<boolean> {
  return rmdir(path).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT', // else: not empty, which is why it is tried
  );
}

function pathsOf({ kind, reason, cameraId, day = '', startMs, endMs, item }: Deletion<FilePlace>): { tree: Tree; paths: string[] } {
  if (item) return { tree: item.place.tree, paths: reason === 'space' ? item.place.sparePaths : item.place.paths };
  const fileName = kind === 'notes' ? NOTES_FILE : segmentFileName({ cameraId, startMs, durationMs: endMs - startMs });
  return { tree: 'recordings', paths: [join(cameraId, day, fileName)] };
}

function entryOf(deletion: Deletion<FilePlace>, why: string): Omit<AuditEntry, 'at'> {
  const { kind, cameraId, startMs, endMs, sizeBytes } = deletion;
  const { tree, paths } = pathsOf(deletion);
  const of = { kind, camera_id: cameraId, start: toSeconds(startMs), end: toSeconds(endMs), size_bytes: sizeBytes };
  return { who: 'janitor', action: 'delete', what: paths.map((path) => `${tree}/${path}`).join(' '), why, ...of };
}
