import { z } from 'zod';
import { protectedShare } from '../budgets';
import { cameraId } from '../camera';
import { clipReady } from '../clips';
import { recordedSeconds } from '../kept-instants';
import { protection } from '../protection';
import { snapshotReady } from '../snapshots';

/** A clip as in `clip.ready`, with links that are made now, and paths that work wherever the console does. */
const clipView = clipReady.extend({ media_path: z.string(), thumbnail_path: z.string() }).meta({ id: 'Clip' });
export type ClipView = z.infer<typeof clipView>;

export const clipsAnswer = z.object({ clips: z.array(clipView) });
export type ClipsAnswer = z.infer<typeof clipsAnswer>;

/** What is known of a snapshot, as in `snapshot.ready`. Of a picture without a record only its name tells. */
const snapshotView = z
  .object({
    ...snapshotReady.partial().shape,
    snapshot_id: z.string(),
    camera_id: cameraId,
    timestamp: recordedSeconds,
    url: z.string(),
    bucket: snapshotReady.shape.bucket,
    key: snapshotReady.shape.key,
    media_path: z.string(),
  })
  .meta({ id: 'Snapshot' });
export type SnapshotView = z.infer<typeof snapshotView>;

export const snapshotsAnswer = z.object({ snapshots: z.array(snapshotView) });
export type SnapshotsAnswer = z.infer<typeof snapshotsAnswer>;

export const protectionsAnswer = z.object({
  protections: z.array(protection),
  share: protectedShare.optional().meta({
    description: 'How much of the disk all protections hold, of every camera. Absent before the janitor’s first pass.',
  }),
});
export type ProtectionsAnswer = z.infer<typeof protectionsAnswer>;
