/**
 * A clip's id is its name everywhere: of its files, its objects, in messages. It holds the camera and the instants, and
 * they decide the folder.
 */
import { utcDay } from '@vr/base';
import { z } from 'zod';
import { cameraId, type CameraId } from './camera';
import { objectKey, type ObjectKey } from './object-name';
import { shownValue } from './payload';

/**
 * `event_{camera}_{instant}` or `clip_{camera}_{start}_{end}`, and a mark where two of one name were wanted. No camera
 * id holds a dot.
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
  /** Whether an event gave the clip its name; else somebody asked for it by hand. */
  isEvent: boolean;
  cameraId: CameraId;
  /** Of an event its instant as it was sent; else where the clip begins. */
  startMs: number;
  /** Of a clip that was asked for by hand. */
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

/** The object's key, and below CLIPS_DIR the file's path: `cam_1/2026-11-23/event_cam_1_1732723200.123.mp4`. */
export function clipKey({ clipId: id }: { clipId: ClipId }, kind: ClipFileKind): ObjectKey {
  const { cameraId: camera, startMs } = clipIdParts(id);
  return objectKey.parse(`${camera}/${utcDay(startMs)}/${id}.${kind}`);
}

/** Seconds with exactly three decimals: names sort, and the same instant always gives the same name. */
function secondsText(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Undefined for what is no clip's id. */
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
