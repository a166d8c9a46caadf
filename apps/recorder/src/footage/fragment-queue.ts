/**
 * What waits between the pipe, which must never be kept waiting, and the disk, which may be slow, full or gone for a
 * while. Invariant: it holds at most `limitBytes` (or one fragment). Above that whole GOPs are dropped: from the
 * fragment that finds no room up to a key frame that finds half of it free again; what was taken before stays, and
 * decodes.
 */
import type { GapReason } from '@vr/contracts';
import type { BlockPool } from './block-pool';
import type { ArrivedFragment } from './fragment-stream';

export interface QueuedFragment extends ArrivedFragment {
  kind: 'fragment';
  arrival: Instant;
  /** Fragments before this one were dropped. */
  afterDrop: boolean;
}

/** One moment on both clocks. */
export interface Instant {
  wallMs: number;
  monotonicMs: number;
}

/** In the order in which it happened: a fragment came, or the run that brought them ended. */
export type QueueItem = QueuedFragment | { kind: 'end'; reason: GapReason };

export class FragmentQueue {
  private readonly items: QueueItem[] = [];
  private heldBytes = 0;
  private isDropping = false;
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly limitBytes: number,
    private readonly pool: BlockPool,
  ) {}

  get sizeBytes(): number {
    return this.heldBytes;
  }

  get dropping(): boolean {
    return this.isDropping;
  }

  /** Never waits. False: there was no room, the fragment is gone. */
  offer(fragment: ArrivedFragment, arrival: Instant): boolean {
    const afterDrop = this.isDropping;
    const room =
      this.items.length === 0 ? Infinity : (this.isDropping ? this.limitBytes / 2 : this.limitBytes) - this.heldBytes;
    this.isDropping = fragment.sizeBytes > room || (afterDrop && !fragment.video.startsWithKey);
    if (this.isDropping) {
      this.pool.giveBack(fragment.blocks);
      return false;
    }
    this.heldBytes += fragment.sizeBytes;
    this.add({ ...fragment, kind: 'fragment', arrival, afterDrop });
    return true;
  }

  endRun(reason: GapReason): void {
    // What was dropped last is missing because of the disk, whatever ended the run afterwards.
    this.add({ kind: 'end', reason: this.isDropping ? 'disk_slow' : reason });
    this.isDropping = false;
  }

  /** Nothing more will come; what is there is still handed out. */
  close(): void {
    this.closed = true;
    this.wake?.();
  }

  /**
   * Hands each item to `store`, one after the other. Resolves once the queue is closed and empty; a fault of `store`
   * ends it.
   */
  async drain(store: (item: QueueItem) => Promise<void>): Promise<void> {
    for (;;) {
      const item = this.items[0];
      if (item) {
        await store(item);
        this.items.shift();
        if (item.kind === 'end') continue;
        this.heldBytes -= item.sizeBytes;
        this.pool.giveBack(item.blocks);
      } else if (this.closed) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private add(item: QueueItem): void {
    this.items.push(item);
    this.wake?.();
    this.wake = undefined;
  }
}
