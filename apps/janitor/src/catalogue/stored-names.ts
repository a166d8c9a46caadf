/** The names of clips and snapshots that the janitor knows. What has another name is not ours and stays. */
import { utcDay } from '@vr/base';
import { parseClipId } from '@vr/contracts';

const CLIP = /^(.+)\.(mp4|jpg|json)$/;
/** Colons as in ISO 8601, or what stands for them where names may hold none. */
const SNAPSHOT =
  /^(.+?)_(\d{4}-\d{2}-\d{2})T(\d{2})[:-]?(\d{2})[:-]?(\d{2})(?:[.-](\d{3}))?Z(?:_[A-Za-z0-9-]{1,64})?\.(jpg|json)$/;

export interface StoredName {
  timestampMs: number;
  extension: 'mp4' | 'jpg' | 'json';
}

/** `event_cam_1_1732723200.123.mp4` in the folder of its camera and day. */
export function parseClipName(fileName: string, cameraId: string, day: string): StoredName | undefined {
  const [, base = '', extension] = CLIP.exec(fileName) ?? [];
  const named = parseClipId(base);
  return named && checked({ camera: named.cameraId, timestampMs: named.startMs, extension }, cameraId, day);
}

/** `cam_1_2026-11-23T02:15:00.123Z.jpg` in the folder of its camera and day. */
export function parseSnapshotName(fileName: string, cameraId: string, day: string): StoredName | undefined {
  const [, camera, date = '', hour = '', minute = '', second = '', millisecond = '000', extension] =
    SNAPSHOT.exec(fileName) ?? [];
  return checked(
    { camera, timestampMs: Date.parse(`${date}T${hour}:${minute}:${second}.${millisecond}Z`), extension },
    cameraId,
    day,
  );
}

function checked(
  name: { camera?: string; timestampMs: number; extension?: string },
  cameraId: string,
  day: string,
): StoredName | undefined {
  const { camera, timestampMs, extension } = name;
  if (camera !== cameraId || !Number.isFinite(timestampMs) || utcDay(timestampMs) !== day) return undefined;
  return extension === 'mp4' || extension === 'jpg' || extension === 'json' ? { timestampMs, extension } : undefined;
}
