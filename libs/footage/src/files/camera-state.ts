/**
 * state.json lies beside a camera's footage. In it the recorder tells the camera's state to workers that ask the disk.
 */
import { stat } from 'node:fs/promises';
import { confinedPath, joinNames, replaceFile } from '@vr/base';
import { cameraStatus, GAP_REASONS, type CameraStatus, type GapReason } from '@vr/contracts';
import { makeFolder } from './names';
import { readSideJson, undefinedOutside } from './side-file';

const FILE = 'state.json';
/** A recorder renews it every 30 s, whatever its cameras do. An older file says nothing about now. */
export const HEARTBEAT_MS = 90_000;

export async function writeCameraState(recordingsDir: string, state: CameraStatus): Promise<void> {
  const folder = await makeFolder(recordingsDir, state.camera_id);
  await replaceFile(joinNames(folder, FILE), JSON.stringify(state), {
    temporaryName: `.${FILE}.tmp`,
    isDurable: false,
  });
}

/** Undefined where the recorder never wrote one, or where the file is not whole or is of another camera. */
export async function readCameraState(recordingsDir: string, cameraId: string): Promise<CameraStatus | undefined> {
  const path = await confinedPath(recordingsDir, cameraId, FILE).catch(undefinedOutside);
  const { data } = cameraStatus.safeParse(path && (await readSideJson(path)));
  return data?.camera_id === cameraId ? data : undefined;
}

/** The state with the instant at which the recorder wrote it. Undefined as with `readCameraState`. */
export async function readSaidState(
  recordingsDir: string,
  cameraId: string,
): Promise<{ status: CameraStatus; saidMs: number } | undefined> {
  const status = await readCameraState(recordingsDir, cameraId);
  const path = status && (await confinedPath(recordingsDir, cameraId, FILE).catch(undefinedOutside));
  if (!status || path === undefined) return undefined;
  const saidMs = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  return saidMs === undefined ? undefined : { status, saidMs };
}

/**
 * The time for which the recorder says that it records nothing of this camera, and why. Undefined where it does not say
 * so. A dead recorder vouches for no time after its last word, so the time has an end.
 */
export async function statedOutage(
  recordingsDir: string,
  cameraId: string,
): Promise<{ startMs: number; endMs: number; reason: GapReason } | undefined> {
  const said = await readSaidState(recordingsDir, cameraId);
  const reason = said && outageReason(said.status);
  if (!said || !reason) return undefined;
  return { startMs: said.status.since * 1000, endMs: said.saidMs + HEARTBEAT_MS, reason };
}

function outageReason({ state, reason }: CameraStatus): GapReason | undefined {
  if (state === 'recording' || state === 'connecting') return undefined;
  if (state === 'unsupported_codec') return state; // here the reason in the file names the codec
  return GAP_REASONS.find((known) => known === reason);
}
