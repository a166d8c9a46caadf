/** Footage that recovery could not finish (RECORDINGS_DIR/.quarantine): it is footage all the same, and has its retention. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSegmentName, plainFile, QUARANTINE_FOLDER, type StoredItem } from '@vr/footage';
import type { FilePlace } from './clip-catalogue';

export function readQuarantine(recordingsDir: string): StoredItem<FilePlace>[] {
  const folder = join(recordingsDir, QUARANTINE_FOLDER);
  return namesIn(folder).flatMap((fileName) => {
    const name = parseSegmentName(fileName);
    const stat = name && plainFile(join(folder, fileName));
    if (!stat) return [];
    // How far it reaches nobody knows: to its last write.
    const endMs = Math.max(name.startMs, stat.mtimeMs);
    const place: FilePlace = { tree: 'recordings', paths: [join(QUARANTINE_FOLDER, fileName)], sparePaths: [], objectPaths: [] };
    const when = { startMs: name.startMs, endMs, agedFromMs: endMs };
    const what = { kind: 'quarantine' as const, cameraId: name.cameraId, tree: 'recordings' as const };
    return [{ ...what, ...when, sizeBytes: stat.size, objectBytes: 0, onlyCopy: false, spareBytes: 0, spareObjectBytes: 0, wholeMayGo: false, byHand: false, place }];
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
