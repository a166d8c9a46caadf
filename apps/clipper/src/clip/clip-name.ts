import { createHash } from 'node:crypto';
import { utcDay, type ClipJob } from '@vr/contracts';

/** Seconds with exactly three decimals: names sort, and the same instant always gives the same name. */
function secondsText(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** `event_cam_1_1732723200.123` */
export function eventClipId(cameraId: string, timestampMs: number): string {
  return `event_${cameraId}_${secondsText(timestampMs)}`;
}

/** `clip_cam_1_1732723200.000_1732723230.000` */
export function requestedClipId(cameraId: string, startMs: number, endMs: number): string {
  return `clip_${cameraId}_${secondsText(startMs)}_${secondsText(endMs)}`;
}

/** The name of a clip whose own name another event has already taken. */
export function suffixedClipId(clipId: string, identity: string): string {
  return `${clipId}_${hashOf(identity).slice(0, 6)}`;
}

/** The id of the job that makes this event's clip: the same event, the same job. Hexadecimal, for BullMQ takes no `:`. */
export function jobIdOf(identity: string): string {
  return hashOf(identity).slice(0, 32);
}

/** The instant in a clip's name, ms. It decides the folder: an event whose clock was ahead keeps the name of the instant that was sent. */
function instantMs(clipId: string): number {
  // No camera id holds a dot.
  return Math.round(Number(/_(\d+\.\d{3})/.exec(clipId)?.[1] ?? NaN) * 1000);
}

export type ClipFileKind = 'mp4' | 'jpg' | 'json';

/** The object's key, and below CLIPS_DIR the file's path: `cam_1/2026-11-23/event_cam_1_1732723200.123.mp4`. */
export function clipKey({ cameraId, clipId }: Pick<ClipJob, 'cameraId' | 'clipId'>, kind: ClipFileKind): string {
  return `${cameraId}/${utcDay(instantMs(clipId))}/${clipId}.${kind}`;
}

function hashOf(identity: string): string {
  return createHash('sha256').update(identity).digest('hex');
}
