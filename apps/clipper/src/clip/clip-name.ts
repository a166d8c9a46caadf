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

/** The object's key, and below CLIPS_DIR the file's path: `cam_1/2026-11-23/event_cam_1_1732723200.123.mp4`. */
export function clipKey(job: Pick<ClipJob, 'cameraId' | 'timestampMs' | 'clipId'>, extension: 'mp4' | 'jpg' | 'json'): string {
  return `${job.cameraId}/${utcDay(job.timestampMs)}/${job.clipId}.${extension}`;
}

function hashOf(identity: string): string {
  return createHash('sha256').update(identity).digest('hex');
}
