/**
 * The clips and snapshots on disk, {root}/{camera}/{day}/{name}.{mp4,jpg,json}. The files of each count as one thing,
 * because they live and die together. A clip's record also tells which footage it still waits for, and when an event
 * was.
 */
import { joinNames, type Clock, plainFile } from '@vr/base';
import type { ClipRecord } from '@vr/contracts';
import {
  DayFolders,
  type DayFolder,
  type UnreadableFolder,
  parseStoredName,
  wantedFootage,
  type LibraryKind,
  type StoredName,
} from '@vr/library';
import { ALWAYS, type CameraSpan, type StoredItem } from '@vr/retention';
import type { FilePlace } from './file-place';
import { strayObjects, type ObjectCatalogue } from './object-catalogue';
import { readClip, readSnapshot, type KnownClip, type KnownSnapshot, type Versioned } from './stored-records';

interface StoredFiles {
  item: StoredItem<FilePlace>;
  isDelivered: boolean;
  /** What the record of the clip, or of the snapshot, says. */
  clip?: Versioned<KnownClip> | undefined;
  snapshot?: Versioned<KnownSnapshot> | undefined;
}

interface FolderContent {
  cameraId: string;
  day: string;
  names: number;
  stored: Map<string, StoredFiles>;
}

export interface ClipStock {
  items: StoredItem<FilePlace>[];
  /** Footage that a claimed clip still has to be cut from. */
  leases: CameraSpan[];
  events: CameraSpan[];
  unreadable: readonly UnreadableFolder[];
  emptyFolders: { cameraId: string; day: string }[];
}

/** The order of deletion: the record goes last. */
const ORDER = ['mp4', 'jpg', 'json'] as const;
const IN_STORE: ReadonlySet<ClipRecord['state']> = new Set(['uploaded', 'announced']);
const NOT_IN_STORE: ReadonlySet<ClipRecord['state']> = new Set(['claimed', 'cut']);

export class ClipCatalogue {
  private readonly folders: DayFolders<FolderContent>;

  /** `objects` is there where the store is a folder of ours. */
  constructor(
    root: string,
    private readonly kind: LibraryKind,
    clock: Clock,
    private readonly objects?: ObjectCatalogue,
  ) {
    this.folders = new DayFolders(root, clock, (folder, names, before) => readFolder(kind, folder, names, before));
  }

  async refresh(): Promise<ClipStock> {
    const contents = await this.folders.refresh();
    const all = contents.flatMap(({ stored }) => [...stored.values()]);
    const records = all.flatMap(({ clip, item }) =>
      clip ? [{ ...clip, hasVideo: item.place.paths.some((path) => path.endsWith('.mp4')) }] : [],
    );
    return {
      items: await this.withObjects(contents),
      leases: [
        ...records.flatMap((record) => wantedFootage(record) ?? []),
        // Nobody knows what the clips in these folders wait for, so all footage of their cameras stays.
        ...this.folders.unreadable.map(({ cameraId }) => ({ cameraId, ...ALWAYS })),
      ],
      events: records.filter(({ isEvent }) => isEvent).map(({ footage }) => footage),
      unreadable: this.folders.unreadable,
      emptyFolders: contents.filter(({ names }) => names === 0),
    };
  }

  /** Every item with its objects, and the objects that belong to no item. */
  private async withObjects(contents: readonly FolderContent[]): Promise<StoredItem<FilePlace>[]> {
    const stored = withShared(contents).flatMap((content) =>
      [...content.stored].map(([name, { item, isDelivered }]) => ({ base: baseOf(content, name), item, isDelivered })),
    );
    // A server's objects take no room here. So the local copy may go as soon as the server has the object.
    if (!this.objects) return stored.map(({ item }) => item);
    const objects = await this.objects.refresh();
    const items = stored.map(({ base, item, isDelivered }): StoredItem<FilePlace> => {
      const { bytes = 0, paths = [] } = objects.get(base) ?? {};
      const mayGo = isDelivered ? { spareObjectBytes: bytes } : { spareBytes: 0 };
      return { ...item, objectBytes: bytes, ...mayGo, place: { ...item.place, objectPaths: paths } };
    });
    const unknown = new Set(this.folders.unreadable.map(({ cameraId }) => cameraId));
    return [...items, ...strayObjects(this.kind, objects, new Set(stored.map(({ base }) => base)), unknown)];
  }
}

/** The record of a request that shares a clip may go when that clip may: once others were told of it. */
function withShared(contents: readonly FolderContent[]): readonly FolderContent[] {
  const hosts = new Map(
    contents.flatMap(({ stored }) => [...stored].flatMap(([name, { clip }]) => (clip ? [[name, clip] as const] : []))),
  );
  return contents.map((content) => {
    const shared = [...content.stored].flatMap(([name, found]): [string, StoredFiles][] => {
      const into = found.item.byHand ? found.clip?.mergedInto : undefined;
      return into === undefined
        ? []
        : [
            [
              name,
              { ...found, item: { ...found.item, wholeMayGo: !hosts.has(into) || clipWorth(hosts.get(into)).isOver } },
            ],
          ];
    });
    return shared.length > 0 ? { ...content, stored: new Map([...content.stored, ...shared]) } : content;
  });
}

function baseOf({ cameraId, day }: FolderContent, name: string): string {
  return `${cameraId}/${day}/${name}`;
}

function readFolder(
  kind: LibraryKind,
  folder: DayFolder,
  names: string[],
  before: FolderContent | undefined,
): FolderContent {
  const byBase = new Map<string, StoredName[]>();
  for (const fileName of names) {
    const name = parseStoredName(kind, fileName, folder.cameraId, folder.day);
    if (name) byBase.set(name.id, [...(byBase.get(name.id) ?? []), name]);
  }
  const stored = new Map<string, StoredFiles>();
  for (const [base, found] of byBase) {
    const read = readStored(kind, folder, base, found, before?.stored.get(base));
    if (read) stored.set(base, read);
  }
  return { cameraId: folder.cameraId, day: folder.day, names: names.length, stored };
}

function readStored(
  kind: LibraryKind,
  folder: DayFolder,
  base: string,
  names: StoredName[],
  before: StoredFiles | undefined,
): StoredFiles | undefined {
  const { cameraId, day, path } = folder;
  const files = ORDER.flatMap((extension) => {
    const stat = names.some((name) => name.extension === extension)
      ? plainFile(joinNames(path, `${base}.${extension}`))
      : undefined;
    return stat ? [{ extension, stat, relative: `${cameraId}/${day}/${base}.${extension}` }] : [];
  });
  const first = files[0];
  if (!first) return undefined;
  const timestampMs = names[0]?.timestampMs ?? 0;
  const recordPath = joinNames(path, `${base}.json`);
  const recordStat = files.find(({ extension }) => extension === 'json')?.stat;
  const clip = kind === 'clip' ? readClip(recordPath, base, recordStat, before?.clip) : undefined;
  const snapshot = kind === 'snapshot' ? readSnapshot(recordPath, base, recordStat, before?.snapshot) : undefined;
  const { startMs, endMs } = clip?.footage ?? { startMs: timestampMs, endMs: timestampMs };
  const media = files.filter(({ extension }) => extension !== 'json');
  const hasVideo = media.some(({ extension }) => extension === 'mp4');
  const { inStore, isDelivered, isOver } = kind === 'clip' ? clipWorth(clip) : snapshotWorth(files);
  const tree = kind === 'clip' ? 'clips' : 'snapshots';
  const byHand = kind === 'clip' ? base.startsWith('clip_') : (snapshot?.byHand ?? false);
  return {
    ...{ clip, snapshot },
    isDelivered,
    item: {
      ...{ kind, cameraId, startMs, endMs, tree },
      // Its age counts from when it was made, as in an object store: a clip of old footage is not old.
      agedFromMs: Math.max(timestampMs, first.stat.mtimeMs),
      sizeBytes: bytesOf(files),
      objectBytes: 0,
      onlyCopy: clip !== undefined && NOT_IN_STORE.has(clip.state) && hasVideo,
      spareBytes: inStore ? bytesOf(media) : 0,
      spareObjectBytes: 0,
      wholeMayGo: isOver && (kind === 'snapshot' || byHand),
      byHand,
      place: {
        tree,
        paths: files.map(({ relative }) => relative),
        sparePaths: media.map(({ relative }) => relative),
        objectPaths: [],
      },
    },
  };
}

interface Worth {
  /** The object store has it. */
  inStore: boolean;
  /** Others were told of it. */
  isDelivered: boolean;
  /** Nothing more is done with it. */
  isOver: boolean;
}

function clipWorth(clip: KnownClip | undefined): Worth {
  const state = clip?.state;
  return {
    inStore: state !== undefined && IN_STORE.has(state),
    isDelivered: state === 'announced',
    isOver: state === 'announced' || state === 'failed',
  };
}

/** A snapshot's record comes to lie beside its picture once it was announced or has failed. */
function snapshotWorth(files: readonly { extension: string }[]): Worth {
  const isOver = files.some(({ extension }) => extension === 'json');
  return { inStore: isOver, isDelivered: isOver, isOver };
}

function bytesOf(files: readonly { stat: { size: number } }[]): number {
  return files.reduce((bytes, { stat }) => bytes + stat.size, 0);
}
