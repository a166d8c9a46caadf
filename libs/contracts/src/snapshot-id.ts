/**
 * A snapshot's id is its name everywhere. It holds the camera and the instant asked for, and they decide the folder.
 */
import { utcDay } from '@vr/base';
import { z } from 'zod';
import { cameraId, type CameraId } from './camera';
import { objectKey, type ObjectKey } from './object-name';
import { shownValue } from './payload';

/** ISO 8601 without colons, which some file systems refuse. A mark follows where two snapshots wanted one name. */
const SNAPSHOT_ID =
  /^([A-Za-z0-9][A-Za-z0-9_-]{0,63})_(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2}\.\d{3}Z)(?:_[0-9a-f]{10})?$/;

export const snapshotId = z
  .string()
  .refine((id) => matchOf(id) !== undefined, {
    error: ({ input }) => `wanted a snapshot id such as cam_1_2026-11-23T02-15-00.123Z, got ${shownValue(input)}`,
  })
  .brand<'SnapshotId'>();
export type SnapshotId = z.output<typeof snapshotId>;

export interface SnapshotIdParts {
  cameraId: CameraId;
  timestampMs: number;
}

export function snapshotIdParts(id: SnapshotId): SnapshotIdParts {
  const parts = matchOf(id);
  if (!parts) throw new Error(`wanted a snapshot id, got ${shownValue(id)}`);
  return parts;
}

/** `cam_1_2026-11-23T02-15-00.123Z` */
export function snapshotIdOf(camera: CameraId, timestampMs: number): SnapshotId {
  return snapshotId.parse(`${camera}_${new Date(timestampMs).toISOString().replaceAll(':', '-')}`);
}

/** The key in the bucket, and the path below SNAPSHOTS_DIR: `cam_1/2026-11-23/cam_1_2026-11-23T02-15-00.123Z.jpg`. */
export function snapshotKey(id: SnapshotId): ObjectKey {
  const { cameraId: camera, timestampMs } = snapshotIdParts(id);
  return objectKey.parse(`${camera}/${utcDay(timestampMs)}/${id}.jpg`);
}

function matchOf(id: string): SnapshotIdParts | undefined {
  const [, camera, date = '', hours = '', minutes = '', seconds = ''] = SNAPSHOT_ID.exec(id) ?? [];
  const iso = `${date}T${hours}:${minutes}:${seconds}`;
  const timestampMs = Date.parse(iso);
  // Date rolls February 30 over, or refuses it. So only a date that is written the same again is one of ours.
  if (camera === undefined || !Number.isFinite(timestampMs) || new Date(timestampMs).toISOString() !== iso)
    return undefined;
  return { cameraId: cameraId.parse(camera), timestampMs };
}
