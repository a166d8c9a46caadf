/** `GET /api/cameras/ID/index`: what a player needs to go anywhere in the footage of a range, without its playlist. */
import { z } from 'zod';
import { cameraId } from '../camera';
import { notNegative, recordedSeconds } from '../kept-instants';
import { gap } from '../status';
import { streamKind } from '../track';
import { timelineEvent } from './camera-answers';
import { rangeQuery } from './queries';

const whole = z.int().nonnegative();

/**
 * The key frames of a file, in columns: a day has 86,400 of them, and numbers of one kind side by side become small in
 * gzip. The n-th entries of all three belong together.
 */
const keyFrames = z.object({
  at: z.array(z.int()).meta({
    description: 'When each is decoded, in ms: the first since `start` of its file, every other since the one before.',
  }),
  skip: z.array(whole).meta({
    description:
      'Bytes from the end of the group before to where this one begins. For the first: from the beginning of the file.',
  }),
  size: z.array(whole).meta({
    description: 'Bytes of the group: the key frame, with all that follows up to the next key frame of the file.',
  }),
});

/** One file of footage. */
const footageFile = z
  .object({
    file: z.string().meta({ description: 'Its bytes are at `/api/footage/FILE`.' }),
    start: recordedSeconds.meta({
      description: 'Zero of its media time. It begins with its first key frame, so with `at[0]` ms after it.',
    }),
    end: recordedSeconds.meta({ description: 'Of what is listed of it here.' }),
    open: z.literal(true).optional().meta({ description: 'It is being written, and will grow.' }),
    codec: z.string().meta({ description: 'Of the picture, as a camera has it: `h264`.' }),
    codecs: z.string().meta({ description: 'As `MediaSource.isTypeSupported` wants it: `avc1.4d401f,mp4a.40.2`.' }),
    width: notNegative,
    height: notNegative,
    init_bytes: whole.meta({ description: 'The length of its init segment, which the file begins with.' }),
    keys: keyFrames,
  })
  .meta({ id: 'FootageFile' });
export type FootageFile = z.infer<typeof footageFile>;

export const indexAnswer = z
  .object({
    camera_id: cameraId,
    stream: streamKind,
    every: notNegative.meta({
      description:
        'Key frames of a file that lie less than so many seconds apart are left out: 0 where all are listed. ' +
        'The first one of each file is always there.',
    }),
    files: z.array(footageFile).meta({ description: 'Sorted by their start. They do not overlap.' }),
    gaps: z.array(gap),
    events: z.array(timelineEvent),
  })
  .meta({ id: 'FootageIndex' });
export type IndexAnswer = z.infer<typeof indexAnswer>;

export const indexQuery = {
  ...rangeQuery,
  every: z.coerce
    .number({ error: 'wanted seconds' })
    .min(0, 'wanted 0 to 3600 seconds')
    .max(3600, 'wanted 0 to 3600 seconds')
    .optional()
    .meta({ description: 'How far apart key frames must lie to be listed. Default: so far that 12,000 are listed.' }),
};
