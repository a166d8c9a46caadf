/** Cameras that tell the truth, for tests and for the demo of `npm start`. No worker knows them. */
export { ensureMedia, FPS, LOOP_FRAMES, type Audio } from './media';
export {
  cameraProgram,
  faultCameraProgram,
  type CameraEvent,
  type CameraFaults,
  type CameraSettings,
} from './programs';
