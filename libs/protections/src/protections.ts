/**
 * Legal holds lie beside their footage, in RECORDINGS_DIR/{camera}/protections/{protection_id}.json. So a copy of a
 * camera's folder contains its holds. Only the janitor writes there.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  confinedPath,
  errorCode,
  joinNames,
  readSmallFile,
  replaceFile,
  STATE_FILE_BYTES,
  syncToDisk,
  toSeconds,
  listFolder,
} from '@vr/base';
import {
  protectedCamera,
  protection as protectionSchema,
  protectionId,
  type Protection,
  type ProtectionId,
  type ProtectRequest,
} from '@vr/contracts';
import { listCameras, makeFolder, PROTECTIONS_FOLDER } from '@vr/footage';

/** The hold that a request asks for. The same range and reason make the same hold, whatever the expiry. */
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

/** Resolves when the hold survives a power cut. */
export async function writeProtection(recordingsDir: string, held: Protection): Promise<void> {
  const folder = await makeFolder(recordingsDir, held.camera_id, PROTECTIONS_FOLDER);
  const temporaryName = `.${held.protection_id}.${randomBytes(4).toString('hex')}.tmp`;
  await replaceFile(joinNames(folder, `${held.protection_id}.json`), `${JSON.stringify(held)}\n`, {
    temporaryName,
    isDurable: true,
    mode: 0o640,
  });
  await syncToDisk(dirname(folder));
}

/** Succeeds also where the hold is gone already. */
export async function removeProtection(
  recordingsDir: string,
  { protection_id: id, camera_id: cameraId }: Protection,
): Promise<void> {
  const folder = await confinedPath(recordingsDir, cameraId, PROTECTIONS_FOLDER);
  await rm(joinNames(folder, `${id}.json`), { force: true });
  await syncToDisk(folder).catch(ignoreAbsence);
}

/** The files as they were last read, by path. So a pass does not read a thousand unchanged files again. */
export type KnownProtections = Map<string, { mark: string; held: Protection }>;

/**
 * Lists every hold by its start, and brings `known` up to date. A hold's file, or a folder of holds, may be unreadable.
 * Then `onFault` hears of it, because such a hold must not silently hold nothing.
 */
export async function listProtections(
  recordingsDir: string,
  onFault: (cameraId: string, path: string, error: unknown) => void,
  known: KnownProtections = new Map(),
): Promise<Protection[]> {
  const found: KnownProtections = new Map();
  for (const cameraId of await listCameras(recordingsDir)) {
    const folder = joinNames(recordingsDir, cameraId, PROTECTIONS_FOLDER);
    const listed = confinedPath(recordingsDir, cameraId, PROTECTIONS_FOLDER).then(listFolder);
    const names = await listed.catch((error: unknown) => {
      onFault(cameraId, folder, error);
      return [];
    });
    for (const name of names.filter((one) => one.endsWith('.json') && !one.startsWith('.'))) {
      const path = `${folder}/${name}`;
      try {
        const mark = await markOf(path);
        const before = known.get(path);
        found.set(path, before?.mark === mark ? before : { mark, held: await readHold(path, cameraId, name) });
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') onFault(cameraId, path, error);
      }
    }
  }
  known.clear();
  for (const [path, one] of found) known.set(path, one);
  return Array.from(found.values(), ({ held }) => held).sort((a, b) => a.start - b.start);
}

/** The hold of this id, which names its camera. It is undefined where no hold can be read. */
export async function readProtection(recordingsDir: string, id: ProtectionId): Promise<Protection | undefined> {
  const cameraId = protectedCamera(id) ?? '';
  try {
    const folder = await confinedPath(recordingsDir, cameraId, PROTECTIONS_FOLDER);
    return await readHold(joinNames(folder, `${id}.json`), cameraId, `${id}.json`);
  } catch {
    return undefined;
  }
}

async function readHold(path: string, cameraId: string, name: string): Promise<Protection> {
  const text = await readSmallFile(path, STATE_FILE_BYTES);
  if (text === undefined) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
  const held = protectionSchema.parse(JSON.parse(text));
  if (held.camera_id !== cameraId || `${held.protection_id}.json` !== name)
    throw new Error(`it is the hold ${held.protection_id} of ${held.camera_id}`);
  return held;
}

/** The mark changes when the file is replaced or written. */
async function markOf(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function ignoreAbsence(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
