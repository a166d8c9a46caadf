/**
 * How long to wait before the next try: 1 s doubling to 30 s with jitter; a wrong password up to 5 min, lest the camera
 * lock the account. A codec that cannot be recorded is a setting of the camera's, which somebody must change: 5 min.
 */
import type { GapReason } from '@vr/contracts';

const FIRST_MS = 1000;
/** What broke is what ffmpeg makes of the stream; the camera is there, and a new connection mends it at once. */
const NOT_THE_CAMERA: ReadonlySet<GapReason> = new Set(['stream_invalid', 'ffmpeg_failed']);
const RAN_MS = 3000;
const MOST_MS = 30_000;
const SETTING_MS = 300_000;
/** Where a try itself takes as long as the watchdog's patience, it is rare enough without a long wait. */
const MOST_BY_REASON: Partial<Record<GapReason, number>> = {
  camera_unauthorized: 300_000,
  camera_stalled: 10_000,
  camera_timeout: 10_000,
};
/** A run that lasted this long was healthy: the next failure is a new one. */
const HEALTHY_MS = 60_000;

export class BackOff {
  private failures = 0;
  constructor(private readonly random: () => number = Math.random) {}

  /** After a run that recorded for `recordedMs` and ended for `reason`. */
  nextMs(reason: GapReason, recordedMs: number): number {
    if (reason === 'unsupported_codec') return SETTING_MS;
    if (recordedMs >= HEALTHY_MS) this.failures = 0;
    if (recordedMs >= RAN_MS && NOT_THE_CAMERA.has(reason)) return 0;
    const most = MOST_BY_REASON[reason] ?? MOST_MS;
    const delayMs = Math.min(most, FIRST_MS * 2 ** Math.min(this.failures, 20));
    this.failures++;
    return delayMs * (0.5 + this.random() / 2);
  }
}
