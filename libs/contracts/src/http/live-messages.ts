/**
 * `/api/live`, the one WebSocket of a page. Text messages are JSON, by the schemas below. Binary messages come from the
 * server only: a head of LIVE_HEAD_BYTES, then the bytes of an init segment, of a fragment, or of a JPEG.
 */
import { z } from 'zod';
import { cameraId } from '../camera';
import { ERROR_CODES } from '../errors';
import { outsideCameraId } from '../fields';
import { notNegative, recordedSeconds } from '../kept-instants';
import { cameraStatus } from '../status';

/**
 * Of a binary message, big-endian: byte 0 the kind, byte 1 the flags, bytes 2 and 3 the id of the watch, bytes 4 to 11
 * `start` (float64, ms since the epoch), bytes 12 to 19 `duration` (float64, ms).
 * - init: `start` is zero of the media time of all fragments up to the next init. `duration` is 0.
 * - fragment: `start` is when its first picture is decoded.
 * - still: `start` is when the picture was first shown. `duration` is 0.
 */
export const LIVE_HEAD_BYTES = 20;
export const LIVE_KINDS = { init: 1, fragment: 2, still: 3 } as const;
export type LiveKind = keyof typeof LIVE_KINDS;
/** `key`: it begins with a key frame. `skipped`: pictures before it were left out, because the page was too slow. */
export const LIVE_FLAGS = { key: 1, skipped: 2 } as const;

/** The longest message that a page may send. */
export const LIVE_MESSAGE_BYTES = 4096;
const MOST_CODECS = 32;

const watchId = z.int('wanted a whole number').min(0, 'wanted 0 to 65535').max(65_535, 'wanted 0 to 65535');

/** What a page sends. */
export const liveRequest = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('watch'),
    /** The page chooses it. A watch with an id that is in use takes its place. */
    id: watchId,
    camera_id: outsideCameraId,
    /** `auto`: the sub-stream where there is one. `still`: pictures of key frames, at most one a second. */
    stream: z.enum(['main', 'sub', 'auto', 'still'], { error: 'wanted main, sub, auto or still' }).default('auto'),
    /**
     * What the page plays: `avc1`, or whole as `avc1.640028`. With it the server takes the other stream where the
     * wanted one does not play, and stills where none does. Without it the wanted stream comes as it is.
     */
    codecs: z.array(z.string().max(64)).max(MOST_CODECS).optional(),
  }),
  z.object({ op: z.literal('unwatch'), id: watchId }),
]);
export type LiveRequest = z.infer<typeof liveRequest>;

const liveStream = z.enum(['main', 'sub', 'still']);

/** What the server sends as text. Of cameras that the viewer does not see, nothing comes. */
export const liveMessage = z.discriminatedUnion('op', [
  /** Comes first. `at`: the server's clock. */
  z.object({ op: z.literal('hello'), at: recordedSeconds }),
  /** Before the first init of a watch, and again where what is sent changes. `codecs` is absent of stills. */
  z.object({
    op: z.literal('watching'),
    id: watchId,
    camera_id: cameraId,
    stream: liveStream,
    codecs: z.string().optional(),
    width: notNegative.optional(),
    height: notNegative.optional(),
  }),
  /** Nothing comes: what is shown is old. It is over with the next fragment or still of the watch. */
  z.object({
    op: z.literal('stale'),
    id: watchId,
    /** The end of the newest footage. Absent where there is none. */
    newest_at: recordedSeconds.optional(),
    state: cameraStatus.shape.state,
    reason: z.string().optional(),
  }),
  /** Nothing more comes for this watch. */
  z.object({ op: z.literal('stopped'), id: watchId, code: z.enum(ERROR_CODES), message: z.string() }),
  /** A message of the page could not be read. */
  z.object({ op: z.literal('refused'), code: z.enum(ERROR_CODES), message: z.string() }),
  z.object({ op: z.literal('state'), ...cameraStatus.shape }),
  z.object({
    op: z.literal('event'),
    camera_id: cameraId,
    event_id: z.string(),
    event_type: z.string(),
    at: recordedSeconds,
  }),
  /** A clip is in the store: ask `GET /api/events` or `/api/clips` for it. */
  z.object({
    op: z.literal('clip'),
    camera_id: cameraId,
    clip_id: z.string(),
    event_id: z.string(),
    event_type: z.string(),
    at: recordedSeconds,
    partial: z.boolean(),
  }),
  /** How far an export is. */
  z.object({
    op: z.literal('job'),
    export_id: z.string(),
    camera_id: cameraId,
    state: z.enum(['waiting', 'making', 'cancelling', 'ready', 'failed', 'gone']),
    percent: z.int().min(0).max(100).optional(),
  }),
]);
export type LiveMessage = z.infer<typeof liveMessage>;

/** Why the server ends a connection (RFC 6455, 7.4), beside what the protocol itself has. */
export const LIVE_CLOSE = {
  /** The console ends. Come again. */
  goingAway: 1001,
  /** Too many or too long messages, or none that can be read. */
  misuse: 1008,
  /** The sign-in is over. */
  signedOut: 4401,
} as const;
