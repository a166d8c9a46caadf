import type { CameraId } from './camera';
import { outsideCameraId, outsideInstantIfThere, outsideSeconds, outsideText } from './fields';
import { payloadReader, type SourceFields } from './payload';

/** When a message reached NATS, and its mark there. Both stay the same however often the message is delivered. */
export interface Arrival {
  /** ms since the epoch, UTC. */
  atMs: number;
  /** Distinguishes two messages of one millisecond. */
  mark: string;
}

/** A detector's event, `seguranca.event.*`, in our names and units; `source` is everything as it was sent. */
export interface DetectorEvent {
  cameraId: CameraId;
  /** Where it is absent, the event happened when it came. */
  timestampMs?: number;
  timestampAssumed?: true;
  endMs?: number;
  eventId?: string;
  eventType?: string;
  preMs?: number;
  postMs?: number;
  source: SourceFields;
}

export const readDetectorEvent = payloadReader(
  {
    camera_id: outsideCameraId,
    timestamp: outsideInstantIfThere,
    end_timestamp: outsideInstantIfThere,
    event_id: outsideText.optional(),
    event_type: outsideText.optional(),
    pre_seconds: outsideSeconds.optional(),
    post_seconds: outsideSeconds.optional(),
  },
  (read, message): DetectorEvent => ({
    cameraId: read.camera_id,
    timestampMs: message.msIfThere(read.timestamp),
    endMs: message.msIfThere(read.end_timestamp),
    timestampAssumed: message.assumed,
    eventId: read.event_id,
    eventType: read.event_type,
    preMs: read.pre_seconds === undefined ? undefined : read.pre_seconds * 1000,
    postMs: read.post_seconds === undefined ? undefined : read.post_seconds * 1000,
    source: message.source,
  }),
);

/** The one name of an event: its clip and its snapshot both carry this `eventId`. */
export interface EventName {
  eventType: string;
  eventId: string;
  /**
   * One event always has the same value, however often it is sent. The camera is part of it even beside an event_id. So
   * a detector that sees one event on two cameras gets a clip and a snapshot of each.
   */
  identity: string;
  /** When it happened, ms since the epoch. */
  atMs: number;
}

/**
 * `subject` is where the event was sent. Its last token is the type where the event names none. An event without id and
 * timestamp is known by its arrival: delivered again it is the same event, sent again it is another.
 */
export function nameEvent(
  subject: string,
  { cameraId: camera, timestampMs, ...event }: DetectorEvent,
  arrival: Arrival,
): EventName {
  const eventType = event.eventType ?? subject.slice(subject.lastIndexOf('.') + 1);
  const atMs = timestampMs ?? arrival.atMs;
  const instant = timestampMs === undefined ? `${atMs}:${arrival.mark}` : `${atMs}`;
  return {
    atMs,
    eventType,
    eventId: event.eventId ?? `${eventType}_${camera}_${atMs}`,
    identity: event.eventId === undefined ? `at:${subject}:${camera}:${instant}` : `id:${camera}:${event.eventId}`,
  };
}
