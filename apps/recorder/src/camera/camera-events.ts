/** What a camera's recording tells: the face between one camera and everything that reports about it. */
import type { CameraState, GapReason } from '@vr/contracts';

export interface StreamFacts {
  codec: string;
  width: number;
  height: number;
}

export interface CameraEvents {
  state(cameraId: string, state: CameraState, reason?: string): void;
  stream(cameraId: string, facts: StreamFacts): void;
  fragment(cameraId: string, fragment: { wallEndMs: number; mediaMs: number; sizeBytes: number; frames: number; key: boolean }): void;
  restart(cameraId: string, reason: GapReason, detail: string): void;
  gap(cameraId: string, lengthMs: number, reason: GapReason): void;
}
