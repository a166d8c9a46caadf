/** The interface between the recording of one camera and everything that reports about it. */
import type { CameraState, GapReason, SourceName } from '@vr/contracts';
import type { Recovered } from '@vr/footage';
import type { StreamLosses } from './camera-source';

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
  /** What reads the camera from now on. */
  readBy(cameraId: string, source: SourceName): void;
  /** So much was lost since the last time. */
  lost(cameraId: string, losses: StreamLosses): void;
  stream(cameraId: string, facts: StreamFacts): void;
  fragment(cameraId: string, fragment: WrittenFragment): void;
  /** The connection to the camera ended. The recorder will try again. */
  restart(cameraId: string, reason: GapReason, detail: string): void;
  /** The disk does not take what the camera sends. */
  refused(cameraId: string, reason: GapReason, detail: string): void;
  recovered(recovered: Recovered): void;
  gap(cameraId: string, lengthMs: number, reason: GapReason): void;
  /** The recorder adapts to what the camera sends. `what` is a sentence that says what changes from now on, and why. */
  adapted(cameraId: string, what: string): void;
}
