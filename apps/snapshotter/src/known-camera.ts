import { ContractError, type CameraConfig } from '@vr/contracts';
import type { CameraRoster } from '@vr/service';

/** Throws `unknown_camera`. */
export function knownCamera(cameras: Pick<CameraRoster, 'find'>, cameraId: string): CameraConfig {
  const camera = cameras.find(cameraId);
  if (!camera) throw new ContractError('unknown_camera', `no camera ${cameraId} is configured here`);
  return camera;
}
