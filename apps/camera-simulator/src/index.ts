/** Cameras that tell the truth, for tests and for the demo of `npm start`. No worker knows them. */
export { ensureMedia, FPS, LOOP_FRAMES, LOOP_SECONDS, type Audio, type MediaOptions } from './media';
export {
  cameraProgram,
  faultCameraProgram,
  type CameraEvent,
  type CameraFaults,
  type CameraSettings,
  type Program,
} from './programs';
