/**
 * Fragments wait here between the pipe and the disk. The pipe must never wait; the disk may be slow, full or gone for
 * a while. Invariant: the queue holds at most `limitBytes` (or one fragment). When it is full it drops whole GOPs.
 * Dropping begins with the fragment that finds no room. It ends with a key frame that finds half the room free again.
 * What the queue took before stays and decodes.
 */
import type { GapReason } from '@vr/contracts';
import type { BlockPool } from './block-pool';
import type { ArrivedFragment } from './fragment-stream';

export interface QueuedFragment extends ArrivedFragment {
  kind: 'fragment';
  arrival: Instant;
  /** The queue dropped fragments before this one. */
  afterDrop: boolean;
}

/** One moment on both clocks. */
export interface Instant {
  wallMs: number;
  monotonicMs: number;
}

/** Items stand in the order in which they happened: a fragment came, or the run that brought fragments ended. */
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

  /** Never waits. It gives false when there was no room and it dropped the fragment. */
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
    // The disk caused the drop, and so the gap, whatever ended the run afterwards.
    this.add({ kind: 'end', reason: this.isDropping ? 'disk_slow' : reason });
    this.isDropping = false;
  }

  /** Nothing more will come. The queue still hands out what it holds. */
  close(): void {
    this.closed = true;
    this.wake?.();
  }

  /**
   * Hands each item to `store`, one after the other. It resolves once the queue is closed and empty. It rejects when
   * `store` does.
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
