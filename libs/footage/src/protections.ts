/**
 * Legal holds, kept beside the footage that they hold: RECORDINGS_DIR/{camera}/protections/{protection_id}.json. Only the janitor
 * writes there; who copies a camera's folder has its holds with it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { protection as protectionSchema, protectionId, toSeconds, type Protection, type ProtectRequest } from '@vr/contracts';
import { listCameras, listFolder } from './catalogue';
import { readPlainText } from './open-footage';
import { syncToDisk } from './sync-to-disk';

export const PROTECTIONS_FOLDER = 'protections';
const FOLDER = PROTECTIONS_FOLDER;

/** The hold that a request asks for. The same range with the same reason is the same hold, whatever its expiry. */
export function protectionOf(request: ProtectRequest, nowMs: number): Protection {
  const { cameraId, startMs, endMs, reason, expiresMs } = request;
  const mark = createHash('sha256').update(`${cameraId} ${startMs} ${endMs} ${reason}`).digest('hex').slice(0, 12);
  return {
    protection_id: protectionId.parse(`${cameraId}-${startMs}-${mark}`),
    camera_id: cameraId,
    start: toSeconds(startMs),
    end: toSeconds(endMs),
    reason,
    ...(expiresMs === undefined ? {} : { expires: toSeconds(expiresMs) }),
    created_at: toSeconds(nowMs),
  };
}

/** Resolves when the hold would survive a power cut. */
export async function writeProtection(recordingsDir: string, held: Protection): Promise<void> {
  const folder = join(recordingsDir, held.camera_id, FOLDER);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${held.protection_id}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o640);
    try {
      await file.writeFile(`${JSON.stringify(held)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, `${held.protection_id}.json`));
    for (const path of [folder, join(recordingsDir, held.camera_id)]) await syncToDisk(path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** No error where it is gone already. */
export async function removeProtection(recordingsDir: string, { protection_id: id, camera_id: cameraId }: Protection): Promise<void> {
  const folder = join(recordingsDir, cameraId, FOLDER);
  await rm(join(folder, `${protectionId.parse(id)}.json`), { force: true });
  await syncToDisk(folder).catch(ignoreAbsence);
}

/**
 * Every hold, by camera and start. A file that has a hold's name and cannot be read as one, or a folder of them that cannot be
 * read, is handed to `onFault`: it must not silently hold nothing.
 */
export async function listProtections(recordingsDir: string, onFault: (cameraId: string, path: string, error: unknown) => void): Promise<Protection[]> {
  const found: Protection[] = [];
  for (const cameraId of await listCameras(recordingsDir)) {
    const folder = join(recordingsDir, cameraId, FOLDER);
    const names = await listFolder(folder).catch((error: unknown) => {
      onFault(cameraId, folder, error);
      return [];
    });
    for (const name of names.filter((one) => one.endsWith('.json') && !one.startsWith('.'))) {
      const path = join(folder, name);
      try {
        const text = await readPlainText(path);
        const held = protectionSchema.parse(JSON.parse(text));
        if (held.camera_id !== cameraId || `${held.protection_id}.json` !== name) throw new Error(`it is the hold ${held.protection_id} of ${held.camera_id}`);
        found.push(held);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onFault(cameraId, path, error);
      }
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function ignoreAbsence(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
