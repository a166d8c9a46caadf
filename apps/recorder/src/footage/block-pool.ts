/**
 * Memory for fragments in blocks of one size, lent and given back. One pool serves all cameras: a camera needs memory
 * only while a fragment is on its way from the pipe to the disk. Blocks, because fragments differ in size: of whole
 * buffers none fits the next fragment, and fresh ones for each were the recorder's main cost at 64 cameras
 * (docs/benchmarks.md). Invariant: of the blocks that nobody uses it keeps no more than were in use at once lately.
 */
export const BLOCK_BYTES = 128 * 1024;
/** "Lately": so many fragments. Ten seconds of 64 cameras, two minutes of four. */
const LATELY_LOANS = 1024;
/** Blocks lie outside V8's heap, which looks for dead ones only after another 64 MB of them. */
const COLLECT_AFTER_BYTES = 8 * 1024 * 1024;

export class BlockPool {
  private readonly spare: Buffer[] = [];
  private lent = 0;
  private loans = 0;
  private mostLent = 0;
  private mostLentBefore = 0;
  private droppedBytes = 0;

  /** `collect` is called when some megabytes of blocks were dropped, after a burst. */
  constructor(private readonly collect: () => void = () => undefined) {}

  /** What it keeps that nobody uses. */
  get spareBytes(): number {
    return this.spare.length * BLOCK_BYTES;
  }

  /** Blocks of BLOCK_BYTES for so many bytes. They hold whatever was there before. */
  lend(sizeBytes: number): Buffer[] {
    const count = Math.ceil(sizeBytes / BLOCK_BYTES);
    this.lent += count;
    this.mostLent = Math.max(this.mostLent, this.lent);
    if (++this.loans % LATELY_LOANS === 0) {
      this.mostLentBefore = this.mostLent;
      this.mostLent = this.lent;
    }
    // The last one given back first: it is warm.
    return Array.from({ length: count }, () => this.spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES));
  }

  /** Takes back what `lend` gave. Nobody may hold on to it. */
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
