/**
 * Lists the closed segments from before the machine knew the time. A Jetson has no battery for its clock and may boot
 * in 1970. Its segments wait here until the clock is set. They then move to their true time, so none of them is lost.
 */
import { errorCode } from '@vr/base';
import { moveSegment, type Segment } from '@vr/footage';
import { isPlausible } from './machine-clock';

/** `moveMs`: how far the segment must move. It is unknown until the clock is set. */
interface EarlySegment {
  segment: Segment;
  moveMs?: number | undefined;
}

export class EarlySegments {
  private segments: EarlySegment[] = [];

  /**
   * Takes a closed segment, and ignores one with a plausible time. `moveMs` is known already if the clock was set
   * before the segment could be closed.
   */
  add(segment: Segment, moveMs?: number): void {
    if (!isPlausible(segment.startMs)) this.segments.push({ segment, moveMs });
  }

  /** The clock was set for the first time, by `stepMs`. All segments here must now move. */
  clockWasSet(stepMs: number): void {
    for (const each of this.segments) each.moveMs ??= stepMs;
  }

  /** Moves all segments that must move. If the disk refuses one, call this again later. */
  async moveDue(recordingsDir: string): Promise<void> {
    for (const each of [...this.segments]) {
      const { segment, moveMs } = each;
      if (moveMs === undefined) continue;
      try {
        await moveSegment(recordingsDir, segment, segment.startMs + moveMs);
      } catch (error) {
        // Either it moved already and only the sync of its folder failed, or it is gone with its disk.
        if (errorCode(error) !== 'ENOENT') throw error;
      }
      this.segments = this.segments.filter((other) => other !== each);
    }
  }
}
