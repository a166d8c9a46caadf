import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/contracts';
import { CLOCK } from '@vr/service';

/** A frame as it came: an address, base64 text or the picture itself. It is fetched or decoded only when somebody wants it. */
export interface Frame {
  cameraId: string;
  timestampMs: number;
  picture: { url: string } | { base64: string } | { jpeg: Buffer };
}

/** Older than this, a frame does not show "now". */
const FRESH_MS = 5000;

/** The newest frame of each camera, in memory and nowhere else. */
@Injectable()
export class FrameCache {
  private readonly newest = new Map<string, Frame>();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  keep(frame: Frame): void {
    const kept = this.newest.get(frame.cameraId);
    // A stamp from the future (a wrong clock, since set right) must not keep all later frames out.
    if (kept && kept.timestampMs > frame.timestampMs && kept.timestampMs <= this.clock.nowMs() + FRESH_MS) return;
    this.newest.set(frame.cameraId, frame);
  }

  /** The camera's newest frame if it shows what is to be seen now. */
  fresh(cameraId: string): Frame | undefined {
    const frame = this.newest.get(cameraId);
    return frame && Math.abs(this.clock.nowMs() - frame.timestampMs) <= FRESH_MS ? frame : undefined;
  }
}
