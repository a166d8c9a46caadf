/** The queries of HTTP. A query's values are text, and are read like the same fields of messages. */
import { z } from 'zod';
import { streamKind } from '../track';
import { ASKED_INSTANT, outsideCameraId, outsideInstant, outsideInstantIfThere } from '../fields';

const MOST_ENTRIES = 200;
/** A `+` in a query is a blank. This was `12:00:00+02:00`, and was not escaped. */
const LOST_PLUS = /^(.*T.*\d) (\d{2}:?\d{2})$/;

function withPlus(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(LOST_PLUS, '$1+$2') : value;
}

const instant = z.preprocess(withPlus, outsideInstant).meta(ASKED_INSTANT);
export const queryInstantIfThere = z.preprocess(withPlus, outsideInstantIfThere).optional().meta(ASKED_INSTANT);

/** Which stream of a camera. `sub` is there where the camera has a `sub_url`. */
const streamQuery = streamKind.default('main').meta({ description: "The camera's main stream, or its smaller one." });

export const rangeQuery = { start: instant, end: instant, stream: streamQuery };

export const stillQuery = {
  stream: streamQuery,
  at: queryInstantIfThere,
  size: z.enum(['small', 'full'], { error: 'wanted small or full' }).default('small'),
};

export const thumbQuery = {
  stream: streamQuery,
  at: instant,
  width: z.coerce
    .number({ error: 'wanted pixels' })
    .int('wanted a whole number')
    .min(1, 'wanted 1 to 640')
    .max(640, 'wanted 1 to 640')
    .default(160)
    .meta({ description: 'The least width: 160, 320 and 640 are made.' }),
};

export const livePlaylistQuery = {
  stream: streamKind.optional().meta({ description: 'Without it the player chooses.' }),
  zero: z.coerce
    .number({ error: 'wanted whole ms since the epoch' })
    .int('wanted whole ms since the epoch')
    .optional()
    .meta({ description: 'Of the playlists that the first one names.' }),
};

export const timeLineQuery = {
  zero: z.coerce
    .number({ error: 'wanted whole ms since the epoch' })
    .int('wanted whole ms since the epoch')
    .optional()
    .meta({ description: 'The zero of media time, epoch ms. Without it the bytes are as they lie on the disk.' }),
};

export const cameraQuery = outsideCameraId.optional().meta({ description: 'Of this camera only.' });

const limitQuery = z.coerce
  .number({ error: 'wanted a number' })
  .int('wanted a whole number')
  .min(1, `wanted 1 to ${MOST_ENTRIES}`)
  .max(MOST_ENTRIES, `wanted 1 to ${MOST_ENTRIES}`)
  .default(20);

/** The newest come first. `before` goes further back: the last instant of the page before. */
export const listQuery = { limit: limitQuery, camera: cameraQuery, before: queryInstantIfThere };

/** Any view may be taken instead of shown, and may say why. The audit keeps both. */
export const viewQuery = {
  download: z.string().optional().meta({ description: 'Takes a file instead of showing it.' }),
  reason: z.string().optional().meta({ description: 'Why, for the audit.' }),
};
