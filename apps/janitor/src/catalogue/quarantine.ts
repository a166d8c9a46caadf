/**
 * Footage that recovery could not finish (RECORDINGS_DIR/.quarantine): it is footage all the same, and has its
 * retention.
 */
import { readdirSync } from 'node:fs';
import { confinedPathSync, joinNames } from '@vr/base';
import { parseSegmentName, QUARANTINE_FOLDER } from '@vr/footage';
import { plainFile, type StoredItem } from '@vr/retention';
import type { FilePlace } from './clip-catalogue';

export function readQuarantine(recordingsDir: string): StoredItem<FilePlace>[] {
  return namesIn(confinedPathSync(recordingsDir, QUARANTINE_FOLDER)).flatMap((fileName) => {
    const name = parseSegmentName(fileName);
    const stat = name && plainFile(joinNames(recordingsDir, QUARANTINE_FOLDER, fileName));
    if (!stat) return [];
    // How far it reaches nobody knows: to its last write.
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

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
