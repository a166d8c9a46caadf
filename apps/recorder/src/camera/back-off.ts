/**
 * Says how long to wait before the next try. The wait doubles from 1 s to 30 s, with jitter. After a wrong password it
 * grows to 5 min, so that the camera does not lock the account. After a codec that the recorder cannot record it is
 * 5 min, because somebody must first change the camera's settings.
 */
import { backOffMs } from '@vr/base';
import type { GapReason } from '@vr/contracts';

const FIRST_MS = 1000;
/** After these only ffmpeg's view of the stream is broken. The camera is there; a new connection mends it at once. */
const NOT_THE_CAMERA: ReadonlySet<GapReason> = new Set(['stream_invalid', 'ffmpeg_failed']);
const RAN_MS = 3000;
const MOST_MS = 30_000;
const SETTING_MS = 300_000;
/** A try after a silence lasts as long as the watchdog's patience, so tries are rare enough without a long wait. */
const MOST_BY_REASON: Partial<Record<GapReason, number>> = {
  camera_unauthorized: 300_000,
  camera_stalled: 10_000,
  camera_timeout: 10_000,
};
/** A run that lasted this long was healthy, so the next failure counts as the first. */
const HEALTHY_MS = 60_000;

export class BackOff {
  private failures = 0;
  constructor(private readonly random: () => number = Math.random) {}

  /** Gives the wait after a run that recorded for `recordedMs` and ended for `reason`. */
  nextMs(reason: GapReason, recordedMs: number): number {
    if (reason === 'unsupported_codec') return SETTING_MS;
    if (recordedMs >= HEALTHY_MS) this.failures = 0;
    if (recordedMs >= RAN_MS && NOT_THE_CAMERA.has(reason)) return 0;
    const mostMs = MOST_BY_REASON[reason] ?? MOST_MS;
    return backOffMs(++this.failures, { firstMs: FIRST_MS, mostMs, spread: 0.5, random: this.random });
  }
}
