/** state.json: what the recorder says of a camera, beside its footage, for workers that ask the disk. */
import { confinedPath, joinNames, replaceFile } from '@vr/base';
import { cameraStatus, type CameraStatus } from '@vr/contracts';
import { makeFolder } from './names';
import { isNoFile, readPlainText } from './open-footage';

const FILE = 'state.json';

export async function writeCameraState(recordingsDir: string, state: CameraStatus): Promise<void> {
  const folder = await makeFolder(recordingsDir, state.camera_id);
  await replaceFile(joinNames(folder, FILE), JSON.stringify(state), { temporaryName: `.${FILE}.tmp`, isDurable: false });
}

/** Undefined where the recorder never said anything of this camera, or what is there is not whole, or is of another. */
export async function readCameraState(recordingsDir: string, cameraId: string): Promise<CameraStatus | undefined> {
  try {
    const parsed = cameraStatus.safeParse(JSON.parse(await readPlainText(await confinedPath(recordingsDir, cameraId, FILE))));
    return parsed.success && parsed.data.camera_id === cameraId ? parsed.data : undefined;
  } catch (error) {
    if (isNoFile(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
