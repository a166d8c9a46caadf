import { clipWindow, type ClipRecord } from '@vr/contracts';

/** Footage of a camera, `[startMs, endMs)`. */
export interface FootageSpan {
  cameraId: string;
  startMs: number;
  endMs: number;
}

/** Longer than the GOPs of nearly all cameras. */
const KEY_FRAME_WITHIN_MS = 30_000;

/** The footage of a clip, over all events that it is for. */
export function footageOf(record: ClipRecord): FootageSpan {
  return { cameraId: record.job.cameraId, ...clipWindow(record) };
}

/**
 * The footage that a clip is still to be cut from: its own, from the key frame before it on. A clip that is cut and
 * whose file somebody removed is cut again.
 */
export function wantedFootage(clip: {
  state: ClipRecord['state'];
  footage: FootageSpan;
  hasVideo: boolean;
}): FootageSpan | undefined {
  const { state, footage, hasVideo } = clip;
  if (state !== 'claimed' && !(state === 'cut' && !hasVideo)) return undefined;
  return { ...footage, startMs: footage.startMs - KEY_FRAME_WITHIN_MS };
}
