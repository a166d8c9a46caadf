/**
 * Decides what goes: everything that is stored in, deletions with their reasons out. No I/O, no clock of its own.
 *
 * 1. While the machine's clock cannot be right, nothing goes.
 * 2. What is being written never goes.
 * 3. By age: what ended longer ago than its retention.
 * 4. By quota: a camera's oldest footage, where the camera has a limit (max_gb) and passes it.
 * 5. By space: where the recordings' disk is at or above `highPercent` after that, the oldest footage of all cameras, down to
 *    `lowPercent`; only when no footage is left, the oldest clips that the object store holds as well.
 */
export type Kind = 'footage' | 'clip' | 'snapshot' | 'clip_object' | 'snapshot_object';
export type Reason = 'age' | 'quota' | 'space';

/** One stored file or object. `place` is for whoever deletes it and means nothing here. */
export interface Stored<P = unknown> {
  kind: Kind;
  cameraId: string;
  startMs: number;
  /** From here its age counts. Absent while it is being written. */
  endMs?: number;
  sizeBytes: number;
  /** It takes room on the recordings' disk. */
  onRecordingsDisk: boolean;
  /** When it may go for want of space: footage first; a clip last, and only one that lies verified in the object store. */
  whenFull: 'first' | 'last' | 'never';
  place: P;
}

export interface RetentionRules {
  footageMs: number;
  footageMsByCamera: ReadonlyMap<string, number>;
  maxBytesByCamera: ReadonlyMap<string, number>;
  clipMs: number;
  snapshotMs: number;
  highPercent: number;
  lowPercent: number;
}

export interface DiskSpace {
  totalBytes: number;
  usedBytes: number;
}

export interface Deletion<P = unknown> {
  stored: Stored<P>;
  reason: Reason;
}

export interface RetentionPlan<P = unknown> {
  deletions: Deletion<P>[];
  /** Why nothing is deleted, for a person. */
  refusal?: string;
  /** What is still used above `lowPercent` after all that may go has gone: the disk is full of something else. */
  missingBytes: number;
}

type Closed<P> = Stored<P> & { endMs: number };

const EARLIEST_NOW_MS = Date.UTC(2024, 0, 1);
/** How far the newest footage may lie ahead of the clock: a step back by less is somebody's correction. */
const FOOTAGE_AHEAD_MS = 3_600_000;

export function planRetention<P>(input: { nowMs: number; stored: readonly Stored<P>[]; rules: RetentionRules; disk: DiskSpace | undefined }): RetentionPlan<P> {
  const refusal = implausibleClock(input.nowMs, input.stored);
  if (refusal !== undefined) return { deletions: [], refusal, missingBytes: 0 };
  const { rules, nowMs, disk } = input;
  const left = new Set(closed(input.stored).sort(oldestFirst));
  const deletions: Deletion<P>[] = [];
  const remove = (stored: Closed<P>, reason: Reason): void => {
    left.delete(stored);
    deletions.push({ stored, reason });
  };

  for (const stored of left) if (nowMs - stored.endMs >= retentionMs(stored, rules)) remove(stored, 'age');

  for (const [cameraId, maxBytes] of rules.maxBytesByCamera) {
    // The open segment counts, though it stays.
    const gone = new Set(deletions.map((deletion) => deletion.stored));
    let bytes = sum(input.stored.filter((stored) => isSegment(stored) && stored.cameraId === cameraId && !gone.has(stored)));
    for (const stored of left) {
      if (bytes <= maxBytes) break;
      if (!isSegment(stored) || stored.cameraId !== cameraId) continue;
      bytes -= stored.sizeBytes;
      remove(stored, 'quota');
    }
  }

  if (disk === undefined) return { deletions, missingBytes: 0 };
  let usedBytes = disk.usedBytes - sum(deletions.map(({ stored }) => stored).filter(({ onRecordingsDisk }) => onRecordingsDisk));
  if (usedBytes < (disk.totalBytes * rules.highPercent) / 100) return { deletions, missingBytes: 0 };
  const wantedBytes = (disk.totalBytes * rules.lowPercent) / 100;
  for (const turn of ['first', 'last'] as const) {
    for (const stored of left) {
      if (usedBytes <= wantedBytes) break;
      if (stored.whenFull !== turn || !stored.onRecordingsDisk) continue;
      usedBytes -= stored.sizeBytes;
      remove(stored, 'space');
    }
  }
  return { deletions, missingBytes: Math.max(0, Math.ceil(usedBytes - wantedBytes)) };
}

function implausibleClock(nowMs: number, stored: readonly Stored[]): string | undefined {
  const now = new Date(nowMs).toISOString();
  if (nowMs < EARLIEST_NOW_MS) return `the machine's clock says ${now}, before this program was written: nothing is deleted until it is set`;
  const newestMs = stored.filter(isSegment).reduce((newest, { startMs }) => Math.max(newest, startMs), -Infinity);
  if (newestMs - nowMs <= FOOTAGE_AHEAD_MS) return undefined;
  return `the machine's clock says ${now}, but there is footage from ${new Date(newestMs).toISOString()}: nothing is deleted until it is set, or that footage is moved away`;
}

/** Footage itself, not the notes beside it. */
function isSegment({ kind, whenFull }: Stored): boolean {
  return kind === 'footage' && whenFull === 'first';
}

function closed<P>(stored: readonly Stored<P>[]): Closed<P>[] {
  return stored.filter((one): one is Closed<P> => one.endMs !== undefined);
}

function oldestFirst(a: Stored, b: Stored): number {
  return a.startMs - b.startMs;
}

function retentionMs({ kind, cameraId }: Stored, rules: RetentionRules): number {
  if (kind === 'footage') return rules.footageMsByCamera.get(cameraId) ?? rules.footageMs;
  return kind === 'clip' || kind === 'clip_object' ? rules.clipMs : rules.snapshotMs;
}

function sum(stored: readonly Stored[]): number {
  return stored.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
}
