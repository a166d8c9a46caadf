import { z } from 'zod';
import { cameraId } from '../camera';
import { clipId } from '../clip-id';
import { ERROR_CODES } from '../errors';
import { shortText } from '../fields';
import { recordedSeconds } from '../kept-instants';
import { gap } from '../status';
import { listQuery, queryInstantIfThere } from './queries';

const EVENT_STATES = ['waiting', 'cutting', 'uploading', 'ready', 'failed'] as const;

/** An event as people see it: there at once, with its picture some seconds later, and its clip when that is ready. */
const eventView = z
  .object({
    event_id: z.string(),
    clip_id: clipId.meta({ description: 'The clip that shows it. Events that share a clip name the same one.' }),
    camera_id: cameraId,
    event_type: z.string().meta({ description: '`manual` where a person asked for the clip.' }),
    at: recordedSeconds,
    start: recordedSeconds.meta({ description: 'Of the footage that it wants.' }),
    end: recordedSeconds,
    state: z.enum(EVENT_STATES).meta({
      description:
        '`waiting`: its footage is not over. `cutting`, `uploading`: its clip is made. `ready`: it is in the store.',
    }),
    percent: z.int().min(0).max(100).optional().meta({ description: 'Of `waiting`: how much of its time is over.' }),
    thumbnail_path: z.string().optional().meta({ description: 'A picture of the moment, once there is one.' }),
    media_path: z.string().optional(),
    partial: z.boolean().optional(),
    gaps: z.array(gap).optional(),
    code: z.enum(ERROR_CODES).optional().meta({ description: 'Of `failed`.' }),
    message: z.string().optional().meta({ description: 'Of `failed`: why there is no clip.' }),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof eventView>;

export const eventsAnswer = z.object({
  events: z.array(eventView),
  next_before: recordedSeconds.optional().meta({
    description: 'What `before` takes for the next page. Absent where there are no more. A page may have no event.',
  }),
});
export type EventsAnswer = z.infer<typeof eventsAnswer>;

export const eventsQuery = {
  ...listQuery,
  type: shortText.optional().meta({ description: 'One type of event, or several by commas: `person,vehicle`.' }),
  start: queryInstantIfThere,
  end: queryInstantIfThere,
};
