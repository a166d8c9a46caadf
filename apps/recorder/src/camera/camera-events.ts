/** What a camera's recording tells: the face between one camera and everything that reports about it. */
import type { CameraState, GapReason } from '@vr/contracts';
import type { Recovered } from '@vr/footage';

export interface StreamFacts {
  codec: string;
  width: number;
  height: number;
}

export interface WrittenFragment {
  wallEndMs: number;
  mediaMs: number;
  sizeBytes: number;
  frames: number;
  key: boolean;
}

export interface CameraEvents {
  state(cameraId: string, state: CameraState, reason?: string): void;
  stream(cameraId: string, facts: StreamFacts): void;
  fragment(cameraId: string, fragment: WrittenFragment): void;
  /** The connection to the camera ended, and will be tried again. */
  restart(cameraId: string, reason: GapReason, detail: string): void;
  /** The disk does not take what the camera sends. */
  refused(cameraId: string, reason: GapReason, detail: string): void;
  recovered(recovered: Recovered): void;
  gap(cameraId: string, lengthMs: number, reason: GapReason): void;
  /** Something is done differently from now on because of what the camera sends; a sentence that says what and why. */
  adapted(cameraId: string, what: string): void;
}
