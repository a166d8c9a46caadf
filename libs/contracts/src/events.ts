import { z } from 'zod';
import { cameraId } from './camera';
import { outsideObject, shortText, type SourceFields } from './payload';
import { timestampMs } from './time';

const seconds = z.number().nonnegative().max(86_400);

/** A detector's event, `seguranca.event.*`, in our names and units; `source` is everything as it was sent. */
export interface DetectorEvent {
  cameraId: string;
  timestampMs: number;
  endMs?: number;
  eventId?: string;
  eventType?: string;
  preMs?: number;
  postMs?: number;
  source: SourceFields;
}

export const detectorEvent = outsideObject(
  z.object({
    camera_id: cameraId,
    timestamp: timestampMs,
    end_timestamp: timestampMs.optional(),
    event_id: z.union([shortText, z.number().transform(String)]).optional(),
    event_type: shortText.optional(),
    pre_seconds: seconds.optional(),
    post_seconds: seconds.optional(),
  }),
  (read, source): DetectorEvent => ({
    cameraId: read.camera_id,
    timestampMs: read.timestamp,
    endMs: read.end_timestamp,
    eventId: read.event_id,
    eventType: read.event_type,
    preMs: read.pre_seconds === undefined ? undefined : read.pre_seconds * 1000,
    postMs: read.post_seconds === undefined ? undefined : read.post_seconds * 1000,
    source,
  }),
);

/** What an event is called, everywhere the same: its clip and its snapshot are known by one `eventId`. */
export interface EventName {
  eventType: string;
  eventId: string;
  /**
   * One value per event however often it is sent. The camera is part of it even beside an event_id: a detector that sees
   * one event on two cameras gets a clip and a snapshot of each.
   */
  identity: string;
}

/** `subject` is the one it was sent to: its last token is the type where the event itself says none. */
export function nameEvent(subject: string, { cameraId: camera, timestampMs: atMs, ...event }: DetectorEvent): EventName {
  const eventType = event.eventType ?? subject.slice(subject.lastIndexOf('.') + 1);
  return {
    eventType,
    eventId: event.eventId ?? `${eventType}_${camera}_${atMs}`,
    identity: event.eventId === undefined ? `at:${subject}:${camera}:${atMs}` : `id:${camera}:${event.eventId}`,
  };
}
