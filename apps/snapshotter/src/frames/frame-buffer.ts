import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { CameraRoster, CLOCK } from '@vr/service';

/**
 * A frame as it came: an address, or the picture itself. An address is fetched only when somebody wants its picture.
 */
export interface Frame {
  cameraId: string;
  timestampMs: number;
  picture: { url: string } | { jpeg: Buffer };
}

/** An older frame does not show "now": the footage is as new. */
const FRESH_MS = 2000;
/** An event is heard within a second or two of its instant. */
const KEPT_MS = 10_000;
const KEPT_FRAMES = 300;
const KEPT_BYTES = 8_000_000;
/** All cameras together. */
const ALL_BYTES = 64_000_000;

interface Kept {
  frame: Frame;
  sizeBytes: number;
  cameMs: number;
}

/**
 * The last frames of each camera, in the order in which they came. In memory and nowhere else, and bounded in time,
 * number and bytes.
 */
@Injectable()
export class FrameBuffer {
  private readonly cameras = new Map<string, Kept[]>();

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CameraRoster) private readonly roster: Pick<CameraRoster, 'all' | 'find'>,
  ) {}

  keep(frame: Frame): void {
    const kept = this.cameras.get(frame.cameraId) ?? [];
    this.cameras.set(frame.cameraId, kept);
    // An address that comes again shows the new picture; the old one is gone.
    const { picture } = frame;
    const replaced =
      'url' in picture
        ? kept.findIndex((old) => 'url' in old.frame.picture && old.frame.picture.url === picture.url)
        : -1;
    if (replaced >= 0) kept.splice(replaced, 1);
    kept.push({ frame, sizeBytes: sizeOf(frame), cameMs: this.clock.monotonicMs() });
    this.trim(kept);
  }

  /** The camera's newest frame, if it shows what is to be seen now. */
  fresh(cameraId: string): Frame | undefined {
    return this.best(cameraId, this.clock.nowMs(), FRESH_MS, (frame) => frame.timestampMs);
  }

  /** The frame nearest to an instant, if it is at most `withinMs` away. */
  nearest(cameraId: string, momentMs: number, withinMs: number): Frame | undefined {
    return this.best(cameraId, momentMs, withinMs, (frame) => -Math.abs(frame.timestampMs - momentMs));
  }

  private best(
    cameraId: string,
    momentMs: number,
    withinMs: number,
    rank: (frame: Frame) => number,
  ): Frame | undefined {
    let best: Frame | undefined;
    for (const { frame } of this.cameras.get(cameraId) ?? []) {
      if (Math.abs(frame.timestampMs - momentMs) > withinMs) continue;
      if (!best || rank(frame) >= rank(best)) best = frame;
    }
    return best;
  }

  sizeBytes(): number {
    return [...this.cameras.values()].flat().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Drops the oldest first. The newest stays, however large. */
  private trim(kept: Kept[]): void {
    const mostBytes = Math.min(KEPT_BYTES, ALL_BYTES / Math.max(1, this.roster.all().length));
    const sinceMs = this.clock.monotonicMs() - KEPT_MS;
    let sizeBytes = kept.reduce((sum, each) => sum + each.sizeBytes, 0);
    while (
      kept.length > 1 &&
      (kept.length > KEPT_FRAMES || sizeBytes > mostBytes || (kept[0]?.cameMs ?? 0) < sinceMs)
    ) {
      sizeBytes -= kept.shift()?.sizeBytes ?? 0;
    }
  }
}

function sizeOf({ picture }: Frame): number {
  return 'url' in picture ? picture.url.length : picture.jpeg.length;
}
