/**
 * Footage that recovery could not finish lies in RECORDINGS_DIR/.quarantine. It is footage all the same, and has the
 * same retention.
 */
import { confinedPathSync, joinNames, plainFile, listFolderSync } from '@vr/base';
import { parseSegmentName, QUARANTINE_FOLDER } from '@vr/footage';
import type { StoredItem } from '@vr/retention';
import type { FilePlace } from './file-place';

export function readQuarantine(recordingsDir: string): StoredItem<FilePlace>[] {
  return listFolderSync(confinedPathSync(recordingsDir, QUARANTINE_FOLDER)).flatMap((fileName) => {
    const name = parseSegmentName(fileName);
    const stat = name && plainFile(joinNames(recordingsDir, QUARANTINE_FOLDER, fileName));
    if (!stat) return [];
    // Nobody knows where this footage ends. The last write to the file is the best guess.
    const endMs = Math.max(name.startMs, stat.mtimeMs);
    const place: FilePlace = {
      tree: 'recordings',
      paths: [`${QUARANTINE_FOLDER}/${fileName}`],
      sparePaths: [],
      objectPaths: [],
    };
    const when = { startMs: name.startMs, endMs, agedFromMs: endMs };
    const what = { kind: 'quarantine' as const, cameraId: name.cameraId, tree: 'recordings' as const };
    return [
      {
        ...what,
        ...when,
        sizeBytes: stat.size,
        objectBytes: 0,
        onlyCopy: false,
        spareBytes: 0,
        spareObjectBytes: 0,
        wholeMayGo: false,
        byHand: false,
        place,
      },
    ];
  });
}
