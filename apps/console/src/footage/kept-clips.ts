import type { Clock } from '@vr/base';
import type { GapBody } from '@vr/contracts';
import type { ClipLayout } from '@vr/footage';

/** A player asks for a file in pieces, for as long as somebody watches. */
const KEPT_FOR_MS = 600_000;
/** An hour at 25 pictures a second takes a little more than 1 MB. */
const KEPT_BYTES = 24_000_000;
const BYTES_PER_COPY = 150;

/** What a range is as one file, and what of it is missing. */
export interface RangeClip {
  /** Camera, start and end, as they were asked for. */
  range: string;
  layout: ClipLayout;
  /** Of the bytes: the sample table decides them. */
  tag: string;
  gaps: GapBody[];
  /** Whether it stays so: all of its footage is closed. */
  isFinal: boolean;
}

interface Kept {
  clip: RangeClip;
  usedMs: number;
  /** Of its range: none was made after it, also none that is kept no longer. */
  isNewest: boolean;
}

/** Files that were made for viewers lately: their next pieces are of the same file, and cost nothing to find. */
export class KeptClips {
  /** The last used stands last. */
  private kept: Kept[] = [];

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /**
   * Of a range: the one with this tag, else the one that was made last, where it is still kept. Older ones are only for
   * who names them.
   */
  find(range: string, tag: string | undefined): RangeClip | undefined {
    const nowMs = this.clock.monotonicMs();
    this.kept = this.kept.filter(({ usedMs }) => nowMs - usedMs <= KEPT_FOR_MS);
    const ofRange = this.kept.filter(({ clip }) => clip.range === range);
    const found = ofRange.find(({ clip }) => clip.tag === tag) ?? ofRange.find(({ isNewest }) => isNewest);
    if (!found) return undefined;
    this.use(found.clip, found.isNewest);
    return found.clip;
  }

  /** One that was just made. */
  keep(clip: RangeClip): void {
    for (const kept of this.kept) if (kept.clip.range === clip.range) kept.isNewest = false;
    this.use(clip, true);
  }

  private use(clip: RangeClip, isNewest: boolean): void {
    this.forget(clip);
    this.kept.push({ clip, usedMs: this.clock.monotonicMs(), isNewest });
    let bytes = 0;
    const room = this.kept.findLastIndex((kept) => (bytes += sizeOf(kept.clip)) > KEPT_BYTES);
    // The newest stays, however large.
    this.kept.splice(0, Math.min(room + 1, this.kept.length - 1));
  }

  forget({ range, tag }: Pick<RangeClip, 'range' | 'tag'>): void {
    this.kept = this.kept.filter(({ clip }) => clip.range !== range || clip.tag !== tag);
  }
}

function sizeOf({ layout: { head, copies } }: RangeClip): number {
  return head.length + copies.length * BYTES_PER_COPY;
}
