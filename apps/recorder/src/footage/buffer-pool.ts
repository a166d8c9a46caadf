/**
 * Memory for fragments, lent and given back: a fresh buffer for each would make the collector the recorder's main cost.
 * One pool serves all cameras, because a camera needs its buffer only while a fragment is on its way from the pipe to the disk.
 */
const STEP_BYTES = 64 * 1024;
/** A small fragment does not take the buffer of a large one: that would be missed. */
const MOST_TIMES_LARGER = 4;
const COLLECT_AFTER_BYTES = 8 * 1024 * 1024;

export class BufferPool {
  /** Sorted by length. */
  private readonly spare: Buffer[] = [];
  private spareBytes = 0;

  private droppedBytes = 0;

  /**
   * Up to `keepBytes` of buffers that nobody uses are kept; the rest goes to the collector. They lie outside V8's heap, which looks for
   * dead ones only after another 64 MB of them: `collect` is called before.
   */
  constructor(
    private readonly keepBytes = 32 * 1024 * 1024,
    private readonly collect: () => void = () => undefined,
  ) {}

  /** At least `sizeBytes` long. What it holds is whatever was there before. */
  lend(sizeBytes: number): Buffer {
    const at = this.spare.findIndex(({ length }) => length >= sizeBytes);
    const found = this.spare[at];
    if (!found || found.length > Math.max(STEP_BYTES, MOST_TIMES_LARGER * sizeBytes)) {
      return Buffer.allocUnsafeSlow(Math.ceil((sizeBytes * 1.25) / STEP_BYTES) * STEP_BYTES);
    }
    this.spare.splice(at, 1);
    this.spareBytes -= found.length;
    return found;
  }

  /** Takes back what `lend` gave, whole. Nobody may hold on to it. */
  giveBack(buffer: Buffer): void {
    if (this.spareBytes + buffer.length > this.keepBytes) {
      this.drop(buffer.length);
      return;
    }
    const larger = this.spare.findIndex(({ length }) => length > buffer.length);
    this.spare.splice(larger < 0 ? this.spare.length : larger, 0, buffer);
    this.spareBytes += buffer.length;
  }

  private drop(sizeBytes: number): void {
    this.droppedBytes += sizeBytes;
    if (this.droppedBytes < COLLECT_AFTER_BYTES) return;
    this.droppedBytes = 0;
    this.collect();
  }
}
