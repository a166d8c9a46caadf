import { z } from 'zod';
import { cameraId } from '../camera';
import { clipId } from '../clip-id';
import { shortText } from '../fields';

export const deletionQuery = { reason: shortText.optional().meta({ description: 'Why, for the audit.' }) };

const gone = { camera_id: cameraId, removed: z.literal(true) };
export const clipDeletedAnswer = z.object({ clip_id: clipId, ...gone });
export const snapshotDeletedAnswer = z.object({ snapshot_id: z.string(), ...gone });
