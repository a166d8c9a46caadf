/**
 * Closed segments from before the machine knew the time. A Jetson has no battery for its clock and may boot in 1970.
 * What it records until the clock is set is listed here. The step that sets the clock moves it to its true time, so
 * nothing of it is lost.
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
   * Takes a closed segment. It passes over one with a plausible time. `moveMs`: where the clock was set before the
   * segment could be closed.
   */
  add(segment: Segment, moveMs?: number): void {
    if (!isPlausible(segment.startMs)) this.segments.push({ segment, moveMs });
  }

  /** The clock was set for the first time, by `stepMs`: all segments here are due to move. */
  clockWasSet(stepMs: number): void {
    for (const each of this.segments) each.moveMs ??= stepMs;
  }

  /** Moves what is due. What the disk refuses to move stays due: call it again. */
  async moveDue(recordingsDir: string): Promise<void> {
    for (const each of [...this.segments]) {
      const { segment, moveMs } = each;
      if (moveMs === undefined) continue;
      try {
        await moveSegment(recordingsDir, segment, segment.startMs + moveMs);
      } catch (error) {
        // It moved already, and only its folder could not be synced; or it went with its disk.
        if (errorCode(error) !== 'ENOENT') throw error;
      }
      this.segments = this.segments.filter((other) => other !== each);
    }
  }
}
