/**
 * The objects of the local store, {OBJECTS_DIR}/{bucket}/{OBJECT_PREFIX}/{camera}/{day}/{name}, by their clip or
 * snapshot. They take room on the disk as its files do, and go with it.
 */
import { joinNames, type Clock, plainFile } from '@vr/base';
import { DayFolders, type DayFolder, parseStoredName, type LibraryKind } from '@vr/library';
import type { StoredItem } from '@vr/retention';
import { localObjectFiles } from '@vr/objects';
import type { FilePlace } from './file-place';

/** The objects of one clip or snapshot. */
interface ObjectFiles {
  cameraId: string;
  timestampMs: number;
  modifiedMs: number;
  bytes: number;
  /** Below OBJECTS_DIR. */
  paths: string[];
}

type Content = Map<string, ObjectFiles>;

export class ObjectCatalogue {
  private readonly folders: DayFolders<Content>;

  /** `bucketFolder`: the bucket and, where keys have a prefix, that prefix, as in `clips/site1`. */
  constructor(objectsDir: string, bucketFolder: string, kind: LibraryKind, clock: Clock) {
    this.folders = new DayFolders(joinNames(objectsDir, bucketFolder), clock, (folder, names) =>
      readFolder({ objectsDir, bucketFolder, kind }, folder, names),
    );
  }

  /** By `{camera}/{day}/{name without extension}`. */
  async refresh(): Promise<Content> {
    const all: Content = new Map();
    for (const content of await this.folders.refresh()) for (const [base, files] of content) all.set(base, files);
    return all;
  }
}

function readFolder(
  of: { objectsDir: string; bucketFolder: string; kind: LibraryKind },
  { cameraId, day }: DayFolder,
  names: string[],
): Content {
  const content: Content = new Map();
  for (const fileName of names) {
    const name = parseStoredName(of.kind, fileName, cameraId, day);
    if (!name) continue; // not our name, so not our file
    const base = `${cameraId}/${day}/${name.id}`;
    const files = content.get(base) ?? { cameraId, timestampMs: name.timestampMs, modifiedMs: 0, bytes: 0, paths: [] };
    content.set(base, files);
    const { sidecar, object } = localObjectFiles(of.bucketFolder, `${cameraId}/${day}/${fileName}`);
    for (const path of [sidecar, object]) {
      const found = plainFile(joinNames(of.objectsDir, path));
      if (!found) continue;
      files.modifiedMs = Math.max(files.modifiedMs, found.mtimeMs);
      files.bytes += found.size;
      files.paths.push(path);
    }
  }
  return content;
}

/**
 * Objects without a clip or snapshot on disk, as when somebody emptied its folder. They may go, unless the folders of
 * their camera cannot be read.
 */
export function strayObjects(
  kind: LibraryKind,
  objects: Content,
  known: ReadonlySet<string>,
  unreadable: ReadonlySet<string>,
): StoredItem<FilePlace>[] {
  return [...objects].flatMap(([base, { cameraId, timestampMs, modifiedMs, bytes, paths }]) => {
    if (known.has(base)) return [];
    const when = { startMs: timestampMs, endMs: timestampMs, agedFromMs: Math.max(timestampMs, modifiedMs) };
    const what = {
      kind: `${kind}_object` as const,
      cameraId,
      tree: 'objects' as const,
      sizeBytes: bytes,
      objectBytes: 0,
    };
    const mayGo = !unreadable.has(cameraId);
    const worth = {
      onlyCopy: false,
      spareBytes: mayGo ? bytes : 0,
      spareObjectBytes: 0,
      wholeMayGo: mayGo,
      byHand: false,
    };
    return [
      { ...what, ...when, ...worth, place: { tree: 'objects' as const, paths, sparePaths: paths, objectPaths: [] } },
    ];
  });
}
