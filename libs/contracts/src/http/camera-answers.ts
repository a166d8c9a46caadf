import { z } from 'zod';
import { cameraId } from '../camera';
import { clipId } from '../clip-id';
import { recordedSeconds } from '../kept-instants';
import { protection } from '../protection';
import { cameraStatus, gap } from '../status';
import { span } from './error-answer';

/** A camera as outsiders see it. */
const cameraView = z
  .object({
    id: cameraId,
    name: z.string(),
    enabled: z.boolean(),
    ...cameraStatus.omit({ camera_id: true, clock: true }).partial().shape,
    state: cameraStatus.shape.state,
    newest_footage_at: recordedSeconds.optional().meta({ description: 'The end of the newest footage on disk.' }),
  })
  .meta({ id: 'Camera' });
export type CameraView = z.infer<typeof cameraView>;

export const camerasAnswer = z.object({ cameras: z.array(cameraView) });
export type CamerasAnswer = z.infer<typeof camerasAnswer>;

/** An event of a range, where it has a clip. */
export const timelineEvent = z.object({
  clip_id: clipId,
  event_id: z.string(),
  event_type: z.string(),
  timestamp: recordedSeconds,
  start: recordedSeconds,
  end: recordedSeconds,
});

/** What a range of a camera's time holds. */
export const timelineAnswer = z
  .object({
    camera_id: cameraId,
    spans: z.array(span),
    gaps: z.array(gap),
    events: z.array(timelineEvent),
    protections: z.array(protection),
  })
  .meta({ id: 'Timeline' });
export type TimelineAnswer = z.infer<typeof timelineAnswer>;
