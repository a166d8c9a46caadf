/** state.json: what the recorder says of a camera, beside its footage, for workers that ask the disk. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraStatus, type CameraStatus } from '@vr/contracts';
import { isNoFile, readPlainText } from './open-footage';

const FILE = 'state.json';

export async function writeCameraState(recordingsDir: string, state: CameraStatus): Promise<void> {
  const folder = join(recordingsDir, state.camera_id);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${FILE}.tmp`);
  await writeFile(temporary, JSON.stringify(state));
  await rename(temporary, join(folder, FILE));
}

/** Undefined where the recorder never said anything of this camera, or what is there is not whole. */
export async function readCameraState(recordingsDir: string, cameraId: string): Promise<CameraStatus | undefined> {
  try {
    const parsed = cameraStatus.safeParse(JSON.parse(await readPlainText(join(recordingsDir, cameraId, FILE))));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (isNoFile(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
