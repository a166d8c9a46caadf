/**
 * The clips and snapshots on disk, {root}/{camera}/{day}/{name}.{mp4,jpg,json}: each with its files as one thing, because they
 * live and die together. A clip's record also tells which footage it still waits for, and when there was an event.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clipRecord, clipWindow, type ClipRecord, type Clock } from '@vr/contracts';
import { ALWAYS, DayFolders, plainFile, type CameraSpan, type DayFolder, type StoredItem, type UnreadableFolder } from '@vr/footage';
import { parseClipName, parseSnapshotName, type StoredName } from './stored-names';

export interface FilePlace {
  tree: 'recordings' | 'clips' | 'snapshots';
  /** Relative to the tree, in the order in which they go: the record last, so that what a crash leaves half deleted is still known. */
  paths: string[];
  /** What goes for want of space: the record and the thumbnail stay, they are small and say where the object is. */
  sparePaths: string[];
}

export interface StoredFiles {
  item: StoredItem<FilePlace>;
  record?: { version: string; state: ClipRecord['state']; span: CameraSpan; isEvent: boolean };
}

interface FolderContent {
  cameraId: string;
  day: string;
  names: number;
  stored: Map<string, StoredFiles>;
}

export interface ClipStock {
  items: StoredItem<FilePlace>[];
  /** Footage that a clip was promised of and is not cut from yet. */
  leases: CameraSpan[];
  events: CameraSpan[];
  unreadable: readonly UnreadableFolder[];
  emptyFolders: { cameraId: string; day: string }[];
}

type Kind = 'clip' | 'snapshot';
/** Longer than the GOPs of nearly all cameras. */
const KEY_FRAME_WITHIN_MS = 30_000;
/** The record goes last. */
const ORDER = ['mp4', 'jpg', 'json'] as const;
const IN_STORE: ReadonlySet<ClipRecord['state']> = new Set(['uploaded', 'announced']);
const NOT_IN_STORE: ReadonlySet<ClipRecord['state']> = new Set(['claimed', 'cut']);

export class ClipCatalogue {
  private readonly folders: DayFolders<FolderContent>;

  constructor(root: string, kind: Kind, clock: Clock) {
    this.folders = new DayFolders(root, clock, (folder, names, before) => readFolder(kind, folder, names, before));
  }

  async refresh(): Promise<ClipStock> {
    const contents = await this.folders.refresh();
    const all = contents.flatMap(({ stored }) => [...stored.values()]);
    const records = all.flatMap(({ record, item }) => (record ? [{ ...record, hasVideo: item.place.paths.some((path) => path.endsWith('.mp4')) }] : []));
    return {
      items: all.map(({ item }) => item),
      // A clip that is cut and whose file somebody removed is cut again.
      leases: [
        ...records.filter(({ state, hasVideo }) => state === 'claimed' || (state === 'cut' && !hasVideo)).map(({ span }) => withKeyFrame(span)),
        // Who knows what the clips there wait for.
        ...this.folders.unreadable.map(({ cameraId }) => ({ cameraId, ...ALWAYS })),
      ],
      events: records.filter(({ isEvent }) => isEvent).map(({ span }) => span),
      unreadable: this.folders.unreadable,
      emptyFolders: contents.filter(({ names }) => names === 0),
    };
  }
}

function readFolder(kind: Kind, folder: DayFolder, names: string[], before: FolderContent | undefined): FolderContent {
  const parse = kind === 'clip' ? parseClipName : parseSnapshotName;
  const byBase = new Map<string, StoredName[]>();
  for (const fileName of names) {
    const name = parse(fileName, folder.cameraId, folder.day);
    if (!name) continue;
    const base = fileName.slice(0, -name.extension.length - 1);
    byBase.set(base, [...(byBase.get(base) ?? []), name]);
  }
  const stored = new Map<string, StoredFiles>();
  for (const [base, found] of byBase) {
    const read = readStored(kind, folder, base, found, before?.stored.get(base));
    if (read) stored.set(base, read);
  }
  return { cameraId: folder.cameraId, day: folder.day, names: names.length, stored };
}

function readStored(kind: Kind, folder: DayFolder, base: string, names: StoredName[], before: StoredFiles | undefined): StoredFiles | undefined {
  const { cameraId, day, path } = folder;
  const files = ORDER.flatMap((extension) => {
    const stat = names.some((name) => name.extension === extension) ? plainFile(join(path, `${base}.${extension}`)) : undefined;
    return stat ? [{ extension, stat, relative: join(cameraId, day, `${base}.${extension}`) }] : [];
  });
  const first = files[0];
  if (!first) return undefined;
  const timestampMs = names[0]?.timestampMs ?? 0;
  const recordStat = kind === 'clip' ? files.find(({ extension }) => extension === 'json')?.stat : undefined;
  const record = readRecord(join(path, `${base}.json`), recordStat, before?.record);
  const { startMs, endMs } = record?.span ?? { startMs: timestampMs, endMs: timestampMs };
  const video = files.filter(({ extension }) => extension === 'mp4');
  const isSpare = record !== undefined && IN_STORE.has(record.state);
  return {
    record,
    item: {
      ...{ kind, cameraId, startMs, endMs },
      // From when it was made, as an object's age counts in its store: a clip of old footage is not old.
      agedFromMs: Math.max(timestampMs, first.stat.mtimeMs),
      sizeBytes: bytesOf(files),
      tree: kind === 'clip' ? 'clips' : 'snapshots',
      onlyCopy: record !== undefined && NOT_IN_STORE.has(record.state) && video.length > 0,
      spareBytes: isSpare ? bytesOf(video) : 0,
      place: { tree: kind === 'clip' ? 'clips' : 'snapshots', paths: files.map(({ relative }) => relative), sparePaths: video.map(({ relative }) => relative) },
    },
  };
}

/** undefined where there is none, or none that can be read: then nobody knows whether the store has the clip. */
function readRecord(path: string, stat: { mtimeMs: number; size: number; ino: number } | undefined, before: StoredFiles['record']): StoredFiles['record'] {
  if (!stat) return undefined;
  const version = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
  if (before?.version === version) return before;
  try {
    const record = clipRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
    const { state, job } = record;
    // A clip that somebody asked for by hand is no event.
    return { version, state, span: { cameraId: job.cameraId, ...clipWindow(record) }, isEvent: job.clipId.startsWith('event_') };
  } catch {
    return undefined;
  }
}

/** A clip is cut from the key frame before its window on. */
function withKeyFrame(span: CameraSpan): CameraSpan {
  return { ...span, startMs: span.startMs - KEY_FRAME_WITHIN_MS };
}

function bytesOf(files: readonly { stat: { size: number } }[]): number {
  return files.reduce((bytes, { stat }) => bytes + stat.size, 0);
}
