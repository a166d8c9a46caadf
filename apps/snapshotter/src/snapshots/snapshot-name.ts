import { createHash } from 'node:crypto';
import { utcDay } from '@vr/contracts';

const DIGEST_CHARACTERS = 10;

/** `cam_1_2026-11-23T02-15-00.123Z`: the instant asked for; no colons, which some file systems refuse. */
export function snapshotId(cameraId: string, timestampMs: number): string {
  return `${cameraId}_${new Date(timestampMs).toISOString().replaceAll(':', '-')}`;
}

/** For whoever wants a snapshot of an instant whose name is taken. */
export function suffixedSnapshotId(id: string, identity: string): string {
  return `${id}_${createHash('sha256').update(identity).digest('hex').slice(0, DIGEST_CHARACTERS)}`;
}

/** The key in the bucket, and the path below SNAPSHOTS_DIR. */
export function snapshotKey(cameraId: string, timestampMs: number, id: string): string {
  return `${cameraId}/${utcDay(timestampMs)}/${id}.jpg`;
}
