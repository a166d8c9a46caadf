import type { SnapshotReady } from '@vr/contracts';

/** A whole JPEG and what it shows. */
export interface Picture {
  jpeg: Buffer;
  width: number;
  height: number;
  capturedMs: number;
  source: SnapshotReady['source_of_image'];
}
