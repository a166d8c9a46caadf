import { cameraId, clipId, type ClipJob, type ClipRecord } from '@vr/contracts';
import { ClipFolder } from '@vr/library';
import { ClipLedger } from '../clip/clip-ledger';

export const timestampMs = Date.UTC(2026, 10, 23, 12, 0, 0);
export const jobOf = (identity: string, afterSeconds = 0): ClipJob => ({
  clipId: clipId.parse(`event_cam_1_${(timestampMs / 1000 + afterSeconds).toFixed(3)}`),
  identity,
  eventId: identity,
  eventType: 'person',
  cameraId: cameraId.parse('cam_1'),
  timestampMs: timestampMs + afterSeconds * 1000,
  startMs: timestampMs + afterSeconds * 1000 - 10_000,
  endMs: timestampMs + afterSeconds * 1000 + 30_000,
  source: {},
});

/** One process's life of the ledger, on a disk that outlives it. */
export class Life {
  readonly folder: ClipFolder;
  readonly ledger: ClipLedger;
  warnings = 0;
  constructor(clipsDir: string, merge: 'off' | 'overlapping' = 'off') {
    this.folder = new ClipFolder(clipsDir, { warn: () => void (this.warnings += 1) });
    this.ledger = new ClipLedger({ CLIP_MERGE: merge, CLIP_MAX_SECONDS: 60 }, this.folder);
  }
  claim(job: ClipJob): Promise<ClipRecord> {
    return this.ledger.claim(job);
  }
  async open(): Promise<string[]> {
    const found: string[] = [];
    for await (const { job } of this.ledger.openClips()) found.push(job.identity);
    return found.sort();
  }
}
