import type { Clock } from '@vr/base';
import type { GapBody } from '@vr/contracts';
import type { ClipLayout } from '@vr/footage';

/** A player asks for a file in pieces as long as somebody watches. */
const KEPT_FOR_MS = 600_000;
/** An hour at 25 pictures a second takes a little more than 1 MB. */
const KEPT_BYTES = 24_000_000;

/** A range as one file, and what of it is missing. */
export interface RangeClip {
  /** The camera, the start and the end that were asked for. */
  range: string;
  layout: ClipLayout;
  /** The tag of the bytes. It is made of the sample table, which decides them. */
  tag: string;
  gaps: GapBody[];
  /** Whether the file stays as it is, because all of its footage is closed. */
  isFinal: boolean;
}

interface Kept {
  clip: RangeClip;
  usedMs: number;
  /** Whether no other file of its range was made after it. One that is kept no longer counts too. */
  isNewest: boolean;
}

/** The files that viewers began lately. Their next pieces come from the same file, and cost nothing to find. */
export class KeptClips {
  /** The last used one is last. */
  private kept: Kept[] = [];

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /**
   * The kept file of a range with this tag, else the one that was made last. Only a tag finds an older file.
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

  /** Keeps a file that was just made. */
  keep(clip: RangeClip): void {
    for (const kept of this.kept) if (kept.clip.range === clip.range) kept.isNewest = false;
    this.use(clip, true);
  }

  private use(clip: RangeClip, isNewest: boolean): void {
    this.forget(clip);
    this.kept.push({ clip, usedMs: this.clock.monotonicMs(), isNewest });
    let bytes = 0;
    const room = this.kept.findLastIndex((kept) => (bytes += sizeOf(kept.clip)) > KEPT_BYTES);
    // The newest stays, however large it is.
    this.kept.splice(0, Math.min(room + 1, this.kept.length - 1));
  }

  forget({ range, tag }: Pick<RangeClip, 'range' | 'tag'>): void {
    this.kept = this.kept.filter(({ clip }) => clip.range !== range || clip.tag !== tag);
  }
}

function sizeOf({ layout: { head, copies } }: RangeClip): number {
  return head.length + copies.heldBytes;
}
