/** state.json: what the recorder says of a camera, beside its footage, for workers that ask the disk. */
import { confinedPath, joinNames, replaceFile } from '@vr/base';
import { cameraStatus, type CameraStatus } from '@vr/contracts';
import { makeFolder } from './names';
import { readSideJson, undefinedOutside } from './side-file';

const FILE = 'state.json';

export async function writeCameraState(recordingsDir: string, state: CameraStatus): Promise<void> {
  const folder = await makeFolder(recordingsDir, state.camera_id);
  await replaceFile(joinNames(folder, FILE), JSON.stringify(state), { temporaryName: `.${FILE}.tmp`, isDurable: false });
}

/** Undefined where the recorder never said anything of this camera, or what is there is not whole, or is of another. */
export async function readCameraState(recordingsDir: string, cameraId: string): Promise<CameraStatus | undefined> {
  const path = await confinedPath(recordingsDir, cameraId, FILE).catch(undefinedOutside);
  const { data } = cameraStatus.safeParse(path && (await readSideJson(path)));
  return data?.camera_id === cameraId ? data : undefined;
}
