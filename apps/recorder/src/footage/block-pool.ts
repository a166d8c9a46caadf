/**
 * Lends memory for fragments and takes it back. One pool serves all cameras, because a camera needs memory only while
 * a fragment is on its way from the pipe to the disk. The memory comes in blocks of one size, because fragments differ
 * in size: a buffer as large as one fragment would not fit the next. A fresh buffer for each fragment was the
 * recorder's main cost at 64 cameras (docs/benchmarks.md). Invariant: the pool holds no more blocks, lent and spare
 * together, than were in use at once lately.
 */
export const BLOCK_BYTES = 128 * 1024;
/** "Lately" means so many fragments: ten seconds of 64 cameras, two minutes of four. */
const LATELY_LOANS = 1024;
/** Blocks lie outside V8's heap. V8 looks for dead blocks only after another 64 MB of them. */
const COLLECT_AFTER_BYTES = 8 * 1024 * 1024;

export class BlockPool {
  private readonly spare: Buffer[] = [];
  private lent = 0;
  private loans = 0;
  private mostLent = 0;
  private mostLentBefore = 0;
  private droppedBytes = 0;

  /** The pool calls `collect` when it has dropped some megabytes of blocks, which happens after a burst. */
  constructor(private readonly collect: () => void = () => undefined) {}

  /** The size of the blocks that nobody uses. */
  get spareBytes(): number {
    return this.spare.length * BLOCK_BYTES;
  }

  /** Gives blocks of BLOCK_BYTES for so many bytes. The blocks still hold old bytes. */
  lend(sizeBytes: number): Buffer[] {
    const count = Math.ceil(sizeBytes / BLOCK_BYTES);
    this.lent += count;
    this.mostLent = Math.max(this.mostLent, this.lent);
    if (++this.loans % LATELY_LOANS === 0) {
      this.mostLentBefore = this.mostLent;
      this.mostLent = this.lent;
    }
    // The block that came back last goes out first, because it is still in the processor's cache.
    return Array.from({ length: count }, () => this.spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES));
  }

  /** Takes back the blocks that `lend` gave. Nobody may use them afterwards. */
  giveBack(blocks: readonly Buffer[]): void {
    this.lent -= blocks.length;
    const keep = Math.max(this.mostLent, this.mostLentBefore) - this.lent;
    for (const block of blocks) {
      if (this.spare.length < keep) this.spare.push(block);
      else this.drop(block);
    }
    while (this.spare.length > keep) this.drop(this.spare.pop());
  }

  private drop(block: Buffer | undefined): void {
    this.droppedBytes += block?.length ?? 0;
    if (this.droppedBytes < COLLECT_AFTER_BYTES) return;
    this.droppedBytes = 0;
    this.collect();
  }
}
