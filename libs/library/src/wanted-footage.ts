import { clipWindow, type ClipRecord } from '@vr/contracts';

/** Footage of a camera, `[startMs, endMs)`. */
export interface FootageSpan {
  cameraId: string;
  startMs: number;
  endMs: number;
}

/** Nearly all cameras send a key frame more often than this. */
const KEY_FRAME_WITHIN_MS = 30_000;

/** The footage that a clip shows, for all of its events. */
export function footageOf(record: ClipRecord): FootageSpan {
  return { cameraId: record.job.cameraId, ...clipWindow(record) };
}

/**
 * The footage that a clip still has to be cut from, beginning at the key frame before it. A clip is cut again if
 * somebody removed its file.
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
