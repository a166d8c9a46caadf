import { Inject, Injectable } from '@nestjs/common';
import { confinedPath, errorText, joinNames, Turns, plainFile } from '@vr/base';
import { AuditLog } from '@vr/audit';
import {
  ContractError,
  exportedCamera,
  EXPORTS_FOLDER,
  snapshotId,
  type ClipId,
  type ClipRecord,
  type DeleteRequest,
} from '@vr/contracts';
import {
  ClipFolder,
  clipRecordOf,
  footageOf,
  readRecord,
  SnapshotFolder,
  storedPlace,
  type FootageSpan,
  type LibraryKind,
} from '@vr/library';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import type { Deletion } from '@vr/retention';
import { CONFIG, LOGGER, RequestLimits, type Logger } from '@vr/service';
import { Volumes } from '../catalogue/volumes';
import type { FilePlace } from '../catalogue/file-place';
import type { JanitorConfig } from '../config';
import { Protections } from '../protection/protections';
import { Executor } from '../retention/executor';

/** With `clip_id`, `snapshot_id` or `export_id`. */
export type Removed = { camera_id: string; removed: true } & Record<string, unknown>;

/** What is to go: its files in the order of deletion, the record last, and the time that it shows. */
interface Found {
  paths: string[];
  sizeBytes: number;
  span: FootageSpan;
  record?: ClipRecord | undefined;
}

const EXTENSIONS = { clip: ['mp4', 'jpg', 'json'], snapshot: ['jpg', 'json'], export: ['mp4', 'json'] } as const;
/** Others were told how these ended. A clip that is on its way would be made again. */
const OVER: ReadonlySet<ClipRecord['state']> = new Set(['announced', 'failed']);

/**
 * Deletes a clip or a snapshot that a person wants gone: objects, files, record, in this order. So what a kill leaves
 * half deleted still has its record, and the same request ends the work.
 */
@Injectable()
export class Removals {
  private readonly clips: ClipFolder;
  private readonly snapshots: SnapshotFolder;
  private readonly turns = new Turns();

  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<JanitorConfig, 'CLIPS_DIR' | 'SNAPSHOTS_DIR' | 'CLIPS_BUCKET' | 'SNAPSHOTS_BUCKET'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'stat' | 'remove' | 'keyOf'>,
    @Inject(AuditLog) private readonly audit: Pick<AuditLog, 'write'>,
    @Inject(Volumes) private readonly volumes: Pick<Volumes, 'folderOf'>,
    @Inject(Protections) private readonly protections: Pick<Protections, 'refresh' | 'holds' | 'owns'>,
    @Inject(Executor) private readonly executor: Pick<Executor, 'carryOut'>,
    @Inject(RequestLimits) private readonly limits: Pick<RequestLimits, 'count'>,
    @Inject(LOGGER) logger: Pick<Logger, 'warn'>,
  ) {
    this.clips = new ClipFolder(config.CLIPS_DIR, logger);
    this.snapshots = new SnapshotFolder(config.SNAPSHOTS_DIR, logger);
  }

  /** Throws `not_found`; `conflict` where it is protected or still on its way; `storage_unavailable`. */
  async remove(request: DeleteRequest): Promise<Removed> {
    const { kind, id, cameraId } = request;
    this.limits.count('record.delete', (await this.protections.owns(cameraId)) ? cameraId : 'unknown');
    return this.turns.take(`${kind} ${id}`, async () => {
      const found = await this.find(request);
      await this.checkOver(request, found);
      await this.protections.refresh();
      // A protection holds what was recorded. An export is a copy of it.
      const isHeld = (): boolean =>
        kind !== 'export' && this.protections.holds(cameraId, found.span.startMs, found.span.endMs);
      if (isHeld()) throw conflict(`${id} is protected: lift the protection first`);
      if (kind !== 'export') await this.removeObjects(request, found);
      await this.removeFiles(request, found, isHeld);
      return { [`${kind}_id`]: id, camera_id: cameraId, removed: true };
    });
  }

  private async find({ kind, id, cameraId }: DeleteRequest): Promise<Found> {
    const place = kind === 'export' ? exportPlace(id) : libraryPlace(kind, id);
    if (place?.cameraId !== cameraId) throw notFound(kind, id);
    const { below, timestampMs } = place;
    const folder = await confinedPath(this.volumes.folderOf(treeOf(kind)), below);
    const files = EXTENSIONS[kind].flatMap((extension) => {
      const stat = plainFile(joinNames(folder, `${id}.${extension}`));
      return stat ? [{ path: `${below}/${id}.${extension}`, size: stat.size }] : [];
    });
    if (files.length === 0) throw notFound(kind, id);
    const record = kind === 'clip' ? await readRecord(joinNames(folder, `${id}.json`), clipRecordOf(id)) : undefined;
    return {
      paths: files.map(({ path }) => path),
      sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
      span: record ? footageOf(record) : { cameraId, startMs: timestampMs, endMs: timestampMs + 1 },
      record,
    };
  }

  private async checkOver({ kind, id }: DeleteRequest, { record }: Found): Promise<void> {
    if (record?.mergedInto !== undefined)
      throw conflict(`${id} has no clip of its own: it is part of ${record.mergedInto}`);
    const open = kind === 'snapshot' ? snapshotId.safeParse(id).data : undefined;
    const isOnItsWay = open === undefined ? record && !OVER.has(record.state) : await this.snapshots.readOpen(open);
    if (isOnItsWay) throw conflict(`${id} is still on its way to the store: try again later`);
  }

  /** The line of audit comes first: a kill may leave a line too many, never too few. */
  private async removeObjects(
    { kind, id, cameraId, by, reason }: DeleteRequest,
    { span, paths }: Found,
  ): Promise<void> {
    const bucket = kind === 'clip' ? this.config.CLIPS_BUCKET : this.config.SNAPSHOTS_BUCKET;
    const base = (paths[0] ?? '').replace(/\.\w+$/, '');
    const keys = (kind === 'clip' ? ['mp4', 'jpg'] : ['jpg']).map((extension) => `${base}.${extension}`);
    const there = await Promise.all(keys.map(async (key) => ({ key, stat: await this.store.stat(bucket, key) })));
    const objects = there.filter(({ stat }) => stat !== undefined);
    try {
      const what = objects.map(({ key }) => `${bucket}/${this.store.keyOf(key)}`).join(' ');
      const sizeBytes = objects.reduce((sum, { stat }) => sum + (stat?.sizeBytes ?? 0), 0);
      const of = { camera_id: cameraId, start: span.startMs / 1000, end: span.endMs / 1000, size_bytes: sizeBytes };
      const entry = { who: by ?? 'unnamed', action: 'delete' as const, what, why: whyOf(reason) };
      if (objects.length > 0) await this.audit.write([{ ...entry, kind: `${kind}_object`, ...of }]);
    } catch (error) {
      throw new ContractError(
        'storage_unavailable',
        `the audit cannot be written (${errorText(error)}), so ${id} stays: see to AUDIT_DIR`,
        { cause: error },
      );
    }
    // Also where none is there: a kill may have left what belongs to one.
    for (const key of keys) await this.store.remove(bucket, key);
  }

  private async removeFiles(request: DeleteRequest, found: Found, isHeld: () => boolean): Promise<void> {
    const { kind, id, by, reason } = request;
    const members = (found.record?.members ?? []).map(({ clipId }) => clipId);
    const deletions = [...(await this.recordsOf(members)), deletionOf(kind, found)];
    const carried = await this.executor.carryOut(deletions, {
      isHeld,
      isOver: () => false,
      beforeBatch: () => Promise.resolve(),
      why: () => whyOf(reason),
      who: by ?? 'unnamed',
    });
    if (isHeld()) throw conflict(`${id} was protected meanwhile: its files stay`);
    const [failure] = carried.failures;
    if (failure !== undefined)
      throw new ContractError('storage_unavailable', `not all files of ${id} could be deleted: ${failure}`);
  }

  /** The records of the other events that the clip was made for. */
  private async recordsOf(members: readonly ClipId[]): Promise<Deletion<FilePlace>[]> {
    const found = await Promise.all(
      members.map(async (clipId) => {
        const record = await this.clips.read({ clipId });
        return record && this.find({ kind: 'clip', id: clipId, cameraId: record.job.cameraId });
      }),
    );
    return found.flatMap((one) => (one ? [deletionOf('clip', one)] : []));
  }
}

interface Place {
  cameraId: string;
  /** The folder below the tree. */
  below: string;
  timestampMs: number;
}

function libraryPlace(kind: LibraryKind, id: string): Place | undefined {
  const place = storedPlace(kind, id);
  return place && { ...place, below: `${place.cameraId}/${place.day}` };
}

function exportPlace(id: string): Place | undefined {
  const cameraId = exportedCamera(id);
  return cameraId && { cameraId, below: EXPORTS_FOLDER, timestampMs: 0 };
}

function treeOf(kind: DeleteRequest['kind']): 'clips' | 'snapshots' {
  return kind === 'snapshot' ? 'snapshots' : 'clips';
}

function deletionOf(kind: DeleteRequest['kind'], { paths, sizeBytes, span }: Found): Deletion<FilePlace> {
  const tree = treeOf(kind);
  const place = { tree, paths, sparePaths: [], objectPaths: [] };
  const worth = { onlyCopy: false, spareBytes: 0, spareObjectBytes: 0, wholeMayGo: true, byHand: false };
  const what = { kind, ...span, sizeBytes };
  const item = { ...what, ...worth, objectBytes: 0, agedFromMs: span.startMs, place };
  return { ...what, reason: 'asked', item, parts: 'all' };
}

function whyOf(reason: string | undefined): string {
  return `asked for: ${reason ?? 'no reason given'}`;
}

function conflict(message: string): ContractError {
  return new ContractError('conflict', message);
}

function notFound(kind: string, id: string): ContractError {
  return new ContractError('not_found', `there is no ${kind} ${JSON.stringify(id)} here, or not any more`);
}
