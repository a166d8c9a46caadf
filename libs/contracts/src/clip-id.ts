/**
 * A clip's id is its name everywhere: its files, its objects and messages carry it. It holds the camera and the
 * instants, which decide the folder.
 */
import { utcDay } from '@vr/base';
import { z } from 'zod';
import { cameraId, type CameraId } from './camera';
import { objectKey, type ObjectKey } from './object-name';
import { shownValue } from './payload';

/**
 * `event_{camera}_{instant}` or `clip_{camera}_{start}_{end}`. A mark follows where two clips wanted one name. No
 * camera id holds a dot.
 */
const CLIP_ID =
  /^(event|clip)_([A-Za-z0-9][A-Za-z0-9_-]{0,63}?)_(\d{9,10}\.\d{3})(?:_(\d{9,10}\.\d{3}))?(?:_[0-9a-f]{6})?$/;

export const clipId = z
  .string()
  .refine((id) => parseClipId(id) !== undefined, {
    error: ({ input }) =>
      `wanted a clip id such as event_cam_1_1732723200.123 or ` +
      `clip_cam_1_1732723200.000_1732723230.000, got ${shownValue(input)}`,
  })
  .brand<'ClipId'>();
export type ClipId = z.output<typeof clipId>;

export interface ClipIdParts {
  /** Whether an event gave the clip its name. If not, somebody asked for it by hand. */
  isEvent: boolean;
  cameraId: CameraId;
  /** An event's own instant, as it was sent. For a clip by hand: where the clip begins. */
  startMs: number;
  /** Only clips that were asked for by hand have it. */
  endMs?: number;
}

export function clipIdParts(id: ClipId): ClipIdParts {
  const parts = parseClipId(id);
  if (!parts) throw new Error(`wanted a clip id, got ${shownValue(id)}`);
  return parts;
}

/** `event_cam_1_1732723200.123` */
export function eventClipId(camera: CameraId, timestampMs: number): ClipId {
  return clipId.parse(`event_${camera}_${secondsText(timestampMs)}`);
}

/** `clip_cam_1_1732723200.000_1732723230.000` */
export function requestedClipId(camera: CameraId, startMs: number, endMs: number): ClipId {
  return clipId.parse(`clip_${camera}_${secondsText(startMs)}_${secondsText(endMs)}`);
}

export type ClipFileKind = 'mp4' | 'jpg' | 'json';

/** The key of the object. Below CLIPS_DIR it is the path: `cam_1/2026-11-23/event_cam_1_1732723200.123.mp4`. */
export function clipKey({ clipId: id }: { clipId: ClipId }, kind: ClipFileKind): ObjectKey {
  const { cameraId: camera, startMs } = clipIdParts(id);
  return objectKey.parse(`${camera}/${utcDay(startMs)}/${id}.${kind}`);
}

/** Seconds with exactly three decimals, so that names sort and one instant always gives one name. */
function secondsText(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Undefined where the text is not a clip's id. */
export function parseClipId(id: string): ClipIdParts | undefined {
  const [, kind, camera, start, end] = CLIP_ID.exec(id) ?? [];
  const isEvent = kind === 'event';
  if (start === undefined || isEvent !== (end === undefined)) return undefined;
  return {
    isEvent,
    cameraId: cameraId.parse(camera),
    startMs: msOf(start),
    ...(end !== undefined && { endMs: msOf(end) }),
  };
}

function msOf(seconds: string): number {
  return Math.round(Number(seconds) * 1000);
}
