import { utcDay } from '@vr/contracts';

/** `cam_1_2026-11-23T02-15-00.123Z`: the instant of the picture; no colons, which some file systems refuse. From the second on `_2`. */
export function snapshotId(cameraId: string, capturedMs: number, count: number): string {
  const stamp = new Date(capturedMs).toISOString().replaceAll(':', '-');
  return `${cameraId}_${stamp}${count > 1 ? `_${count}` : ''}`;
}

/** The key in the bucket, and the path below SNAPSHOTS_DIR. */
export function snapshotKey(cameraId: string, capturedMs: number, id: string): string {
  return `${cameraId}/${utcDay(capturedMs)}/${id}.jpg`;
}
