export { makeAuthority, type Authority } from './authority';
export { findBinary, needBinary } from './binaries';
export { startBareRecorder, type BareRecorder } from './bare-recorder';
export { startBrowser } from './browser';
export { endWithUs } from './janitor';
export { layCable, type Cable } from './cable';
export { Camera, CAMERA_FPS, frameInLoop, startCamera, type CameraOptions } from './camera';
export { startFaultCameras, type FaultCameras } from './fault-camera';
export type { CameraFaults } from '@vr/camera-simulator';
export { forged, forgedText } from './forgery';
export { memoryFolder, REPOSITORY, temporaryFolder, type TemporaryFolder } from './folders';
export { CHANNEL, startLink, type Link, type LinkOptions } from './link';
export { startJitteryLink, type JitteryLink } from './jittery-link';
export { HOSTILE_KINDS, hostileSecrets, type HostileSecret } from './hostile-secrets';
export { hostileTexts, type HostileText } from './hostile-texts';
export { startHostileStore, type HostileStore, type Misdeed } from './hostile-store';
export { startNats, type NatsOptions } from './nats';
export {
  objectServerAbilities,
  startObjectServer,
  type ObjectServer,
  type ObjectServerKind,
  type ObjectServerOptions,
} from './object-server';
export { openPageSupply, type PageSupply } from './page-supply';
export { readPictures, type Picture } from './pictures';
export { freePort } from './ports';
export * from './process-usage';
export { seededRandom } from './random';
export { startRedis, type RedisOptions } from './redis';
export { runToEnd } from './run';
export type { Server } from './server';
export { startTlsFront, type TlsFront } from './tls-front';
export { jumpsIn, parseTruth, readTruth, type TruthSample } from './truth';
export { treeOf } from './tree';
export { until } from './until';
export { withoutLifecycle, type BareObjectServer } from './without-lifecycle';
export { ensureBuilt, spawnWorker, startWorker, WorkerProcess, type App, type WorkerExit } from './worker';
