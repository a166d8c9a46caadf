import { realpathSync, unlinkSync } from 'node:fs';
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { confinedPath, confinedPathSync, errorCode, joinNames, toSeconds, utcDay, type Clock, DAY_MS } from '@vr/base';
import { cameraOfTrack, type AuditEntry } from '@vr/contracts';
import { AuditLog } from '@vr/audit';
import { GAPS_FILE, segmentFileName } from '@vr/footage';
import type { Deletion, DeletionReason, StoredKind, Tree } from '@vr/retention';
import { CLOCK, LOGGER, type Logger } from '@vr/service';
import { TREES, Volumes } from '../catalogue/volumes';
import type { FilePlace } from '../catalogue/file-place';
import { JanitorMetrics } from './janitor-metrics';

const HOUR_MS = 3_600_000;
/** A batch writes its audit lines before it deletes its files. A kill may leave a line too many, never too few. */
const BATCH = 128;
/**
 * A file system takes long to delete a large file, and that must not hold up everything else. A small file is deleted
 * faster than it is handed to a thread.
 */
const LARGE_BYTES = 64 * 1024 * 1024;

export interface Carried {
  files: number;
  /** What was deleted, by kind and reason. */
  done: Map<string, { kind: StoredKind; reason: DeletionReason; files: number; bytes: number; countedBytes: number }>;
  failures: string[];
  /** What age took. The objects of the same names have to go, too. */
  aged: Deletion<FilePlace>[];
}

export interface Orders {
  /** It is asked before every batch. What was held after the plan was made stays. */
  isHeld: (deletion: Deletion<FilePlace>) => boolean;
  beforeBatch: () => Promise<void>;
  /** If true, the work ends after the batch at hand. */
  isOver: () => boolean;
  why: (deletion: Deletion<FilePlace>) => string;
  /** Who wants it, for the audit. Without it the janitor does. */
  who?: string | undefined;
}

/** Deletes files. It deletes nothing outside its trees, through a symbolic link, or without a line of audit. */
@Injectable()
export class Executor {
  /** The batches under way: one of a pass, and one of each person who deletes something. */
  private readonly batches = new Set<Promise<void>>();
  /** Lines that the full disk did not take, by batches. They are written as soon as there is room. */
  private readonly owed: Omit<AuditEntry, 'at'>[][] = [];

  constructor(
    @Inject(Volumes) private readonly volumes: Volumes,
    @Inject(AuditLog) private readonly audit: Pick<AuditLog, 'writeNow'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JanitorMetrics) private readonly metrics: Pick<JanitorMetrics, 'deleted'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {}

  async carryOut(deletions: readonly Deletion<FilePlace>[], orders: Orders): Promise<Carried> {
    const carried: Carried = { files: 0, done: new Map(), failures: [], aged: [] };
    for (let from = 0; from < deletions.length && !orders.isOver(); from += BATCH) {
      await orders.beforeBatch();
      const batch = this.carryOutBatch(deletions.slice(from, from + BATCH), orders, carried);
      this.batches.add(batch);
      await batch.finally(() => this.batches.delete(batch));
      await others();
    }
    this.settleAudit();
    return carried;
  }

  /** Resolves when no decision from before now still deletes anything. */
  async boundary(): Promise<void> {
    await Promise.allSettled(this.batches);
  }

  /** Removes empty folders of past days. A writer may just have made the folder of today, to use it at once. */
  async removeEmptyFolders(folders: Iterable<{ tree: Tree; cameraId: string; day: string }>): Promise<void> {
    const before = utcDay(this.clock.nowMs() - DAY_MS);
    const cameras = new Set<string>();
    for (const { tree, cameraId, day } of folders) {
      if (day >= before) continue;
      const root = this.volumes.folderOf(tree);
      if (await removeEmpty(confinedPath(root, cameraId, day))) cameras.add(joinNames(root, cameraId));
    }
    for (const tree of TREES) for (const camera of await this.forgottenCameras(tree)) cameras.add(camera);
    for (const camera of cameras) await removeEmpty(Promise.resolve(camera));
  }

  private async carryOutBatch(
    planned: Deletion<FilePlace>[],
    { isHeld, why, who = 'janitor' }: Orders,
    carried: Carried,
  ): Promise<void> {
    const batch = planned
      .filter((deletion) => !isHeld(deletion))
      .map((deletion) => ({ deletion, places: placesOf(deletion) }));
    this.say(() => entriesOf(batch, who, why));
    const folders = new Folders(this.volumes);
    // Large files go side by side. A batch is so small that the order inside it does not matter.
    const large: Promise<void>[] = [];
    for (const { deletion, places } of batch) {
      if (deletion.sizeBytes >= LARGE_BYTES)
        large.push(removeLarge(places, folders).then((found) => this.count(deletion, found, carried), failed(carried)));
      else this.removeSmall(deletion, places, folders, carried);
    }
    await Promise.all(large);
    for (const each of carried.done.values()) {
      // Once a batch, because the labels of a metric cost more than deleting a file.
      this.metrics.deleted(each.kind, each.reason, each.bytes - each.countedBytes);
      each.countedBytes = each.bytes;
    }
  }

  private removeSmall(deletion: Deletion<FilePlace>, places: Place[], folders: Folders, carried: Carried): void {
    try {
      this.count(deletion, removeSmall(places, folders), carried);
    } catch (error) {
      failed(carried)(error);
    }
  }

  private count(deletion: Deletion<FilePlace>, wasThere: boolean, carried: Carried): void {
    if (!wasThere) return;
    const { kind, reason, sizeBytes } = deletion;
    const key = `${kind}, ${reason}`;
    const sofar = carried.done.get(key) ?? { kind, reason, files: 0, bytes: 0, countedBytes: 0 };
    carried.done.set(key, sofar);
    sofar.files += 1;
    sofar.bytes += sizeBytes;
    carried.files += 1;
    if (reason === 'age' && deletion.item) carried.aged.push(deletion);
  }

  /**
   * Writes the owed lines first, batch by batch: on a full disk a try costs one batch, however many are owed. `entries`
   * are made one by one as they are written, because a first pass may write half a million.
   */
  private say(entries: () => Iterable<Omit<AuditEntry, 'at'>>): void {
    try {
      for (let first = this.owed[0]; first; first = this.owed[0]) {
        this.audit.writeNow(first);
        this.owed.shift();
      }
      this.audit.writeNow(entries());
    } catch (error) {
      const lines = [...entries()];
      if (lines.length > 0) this.owed.push(lines);
      // A full disk takes no line until something has gone. So the deletion goes first, and the line stays owed.
      if (errorCode(error) === 'ENOSPC') return;
      this.logger.error({ err: error }, 'the audit cannot be written: its lines are kept and tried again');
    }
  }

  private settleAudit(): void {
    this.say(() => []);
    if (this.owed.length === 0) return;
    this.logger.error(
      { lines: this.owed.flat().length, first: this.owed[0]?.[0] },
      'deletions are not in the audit yet: is AUDIT_DIR there, and has it room?',
    );
  }

  /** Camera folders that a crash left behind after it removed their last day. */
  private async forgottenCameras(tree: Tree): Promise<string[]> {
    const root = this.volumes.folderOf(tree);
    const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
    const found: string[] = [];
    for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
      const path = `${root}/${name}`;
      const stat = await lstat(path).catch(() => undefined);
      // A folder has a link for itself, one for its name above, and one for each folder in it.
      if (stat && stat.nlink <= 2 && this.clock.nowMs() - stat.ctimeMs > HOUR_MS) found.push(path);
    }
    return found;
  }
}

/** Resolves folders once a batch. It refuses a folder that is, or has become, a symbolic link. */
class Folders {
  private readonly known = new Map<string, string>();

  constructor(private readonly volumes: Pick<Volumes, 'folderOf'>) {}

  /**
   * Throws where the file's folder is not in its tree. The name itself is not checked again: it came from a listing, by
   * a strict grammar, and there may be a million of them.
   */
  file(tree: Tree, path: string): string {
    return `${this.real(tree, dirname(path))}/${basename(path)}`;
  }

  private real(tree: Tree, relative: string): string {
    const key = `${tree}/${relative}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const folder =
      relative === ''
        ? realpathSync.native(this.volumes.folderOf(tree))
        : confinedPathSync(this.real(tree, ''), relative);
    // It must not lead to another place of the tree either: only what the catalogue saw may be deleted.
    if (realpathSync.native(folder) !== folder) throw new Error(`${folder} leads elsewhere: nothing is deleted there`);
    this.known.set(key, folder);
    return folder;
  }
}

interface Place {
  tree: Tree;
  path: string;
}

const failed =
  (carried: Carried) =>
  (error: unknown): void =>
    void carried.failures.push((error as Error).message);

/**
 * Deletes a link itself, not its target. Throws where its folder is not, or no longer, what the catalogue saw.
 *
 * @returns whether any of the files was there
 */
function removeSmall(places: readonly Place[], folders: Folders): boolean {
  let found = false;
  for (const { tree, path } of places) {
    try {
      unlinkSync(folders.file(tree, path));
      found = true;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return found;
}

/** The same, on a thread. */
async function removeLarge(places: readonly Place[], folders: Folders): Promise<boolean> {
  let found = false;
  for (const { tree, path } of places) {
    try {
      await unlink(folders.file(tree, path));
      found = true;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return found;
}

async function removeEmpty(path: Promise<string>): Promise<boolean> {
  return path.then(rmdir).then(
    () => true,
    (error: unknown) => errorCode(error) === 'ENOENT', // any other error means that the folder is not empty
  );
}

/** Objects go first and the record goes last, so that what a crash leaves half deleted is still known. */
function placesOf({ kind, cameraId, startMs, endMs, item, parts }: Deletion<FilePlace>): Place[] {
  if (item) {
    const { tree, paths, sparePaths, objectPaths } = item.place;
    const own = parts === 'spare' ? sparePaths : paths;
    return [...objectPaths.map((path) => ({ tree: 'objects' as const, path })), ...own.map((path) => ({ tree, path }))];
  }
  const fileName = kind === 'notes' ? GAPS_FILE : segmentFileName({ cameraId, startMs, durationMs: endMs - startMs });
  return [{ tree: 'recordings', path: `${cameraId}/${utcDay(startMs)}/${fileName}` }];
}

function* entriesOf(
  batch: readonly { deletion: Deletion<FilePlace>; places: Place[] }[],
  who: string,
  why: Orders['why'],
): Generator<Omit<AuditEntry, 'at'>> {
  for (const { deletion, places } of batch) yield { who, ...entryOf(deletion, places, why(deletion)) };
}

function entryOf(
  { kind, cameraId, startMs, endMs, sizeBytes }: Deletion<FilePlace>,
  places: readonly Place[],
  why: string,
): Omit<AuditEntry, 'at' | 'who'> {
  const of = {
    kind,
    camera_id: cameraOfTrack(cameraId),
    start: toSeconds(startMs),
    end: toSeconds(endMs),
    size_bytes: sizeBytes,
  };
  return {
    action: 'delete',
    what: places.map(({ tree, path }) => `${tree}/${path}`).join(' '),
    why,
    ...of,
  };
}
