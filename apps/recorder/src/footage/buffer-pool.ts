/**
 * Memory for fragments, lent and given back: a fresh buffer for each would make the collector the recorder's main cost.
 * One pool serves all cameras, because a camera needs its buffer only while a fragment is on its way from the pipe to the disk.
 */
const SMALLEST_BYTES = 64 * 1024;

export class BufferPool {
  /** By capacity, a power of two. */
  private readonly spare = new Map<number, Buffer[]>();
  private spareBytes = 0;

  /** Up to `keepBytes` of buffers that nobody uses are kept; the rest goes to the collector. */
  constructor(private readonly keepBytes = 8 * 1024 * 1024) {}

  /** At least `sizeBytes` long. What it holds is whatever was there before. */
  lend(sizeBytes: number): Buffer {
    const capacity = Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)));
    const buffer = this.spare.get(capacity)?.pop();
    if (!buffer) return Buffer.allocUnsafeSlow(capacity);
    this.spareBytes -= capacity;
    return buffer;
  }

  /** Takes back what `lend` gave, whole. Nobody may hold on to it. */
  giveBack(buffer: Buffer): void {
    if (this.spareBytes + buffer.length > this.keepBytes) return;
    const spare = this.spare.get(buffer.length) ?? [];
    spare.push(buffer);
    this.spare.set(buffer.length, spare);
    this.spareBytes += buffer.length;
  }
}
