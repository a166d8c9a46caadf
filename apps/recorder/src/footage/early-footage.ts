/**
 * Footage from before the machine knew the time. A Jetson has no battery for its clock and may boot in 1970: what it
 * records until the clock is set is kept in mind here, and moves to its true time with the step that sets it. Nothing
 * of it is lost.
 */
import { moveSegment, type Gap, type Segment } from '@vr/footage';

/** Before this no recording of ours can have been made. */
const PLAUSIBLE_FROM_MS = Date.UTC(2024, 0, 1);

export const isPlausible = (wallMs: number): boolean => wallMs >= PLAUSIBLE_FROM_MS;

export class EarlyFootage {
  /** `moveMs`: by how much each moves; unknown until the clock is set. */
  private segments: { segment: Segment; moveMs?: number | undefined }[] = [];
  private gaps: Gap[] = [];

  /**
   * A closed segment. One with a plausible time is passed over. `moveMs`: where the clock was set before it could be
   * closed.
   */
  addSegment(segment: Segment, moveMs?: number): void {
    if (!isPlausible(segment.startMs)) this.segments.push({ segment, moveMs });
  }

  /** A gap that ends with early footage; it is written once its end is known. False: not early. */
  addGap(gap: Gap): boolean {
    if (isPlausible(gap.endMs)) return false;
    this.gaps.push(gap);
    return true;
  }

  /**
   * The clock was set forward by `stepMs`: gives back the gaps, now with their true times; the segments are due to
   * move.
   */
  setClock(stepMs: number): Gap[] {
    for (const each of this.segments) each.moveMs ??= stepMs;
    return this.takeGaps().map(({ startMs, endMs, reason }) => ({
      startMs: shifted(startMs, stepMs),
      endMs: endMs + stepMs,
      reason,
    }));
  }

  /** Moves what is due. What the disk refuses to move stays due: call it again. */
  async moveDue(recordingsDir: string): Promise<void> {
    for (let due = this.nextDue(); due; due = this.nextDue()) {
      const { segment, moveMs } = due;
      try {
        await moveSegment(recordingsDir, segment, segment.startMs + moveMs);
      } catch (error) {
        // Moved already, where only its folder could not be synced; or gone with its disk.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
      this.segments = this.segments.filter((each) => each.segment !== segment);
    }
  }

  private nextDue(): { segment: Segment; moveMs: number } | undefined {
    const due = this.segments.find(({ moveMs }) => moveMs !== undefined);
    return due?.moveMs === undefined ? undefined : { segment: due.segment, moveMs: due.moveMs };
  }

  /** The recorder ends and the time is still not known: the gaps as they are, those that make sense. */
  takeGaps(): Gap[] {
    const gaps = this.gaps;
    this.gaps = [];
    return gaps;
  }
}

/** An instant from before the clock was set moves; one from an earlier life, when it was right, stays. */
export function shifted(wallMs: number, stepMs: number): number {
  return isPlausible(wallMs) ? wallMs : wallMs + stepMs;
}
