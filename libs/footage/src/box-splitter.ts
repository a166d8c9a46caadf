/**
 * Cuts a byte stream at its top-level boxes. Each box is gathered in one buffer of just its size, from `allocate`; nothing is
 * concatenated or copied twice. What it does NOT do: look into boxes.
 */
import { BoxError, LARGE_BOX_HEADER_BYTES, readBoxHeader } from './boxes';

/** A fragment of 4K at 60 Mbit/s with 2 s is 15 MB; a "box" above this is garbage taken for a size. */
const MAX_BOX_BYTES = 64 * 1024 * 1024;

export interface TopLevelBox {
  type: string;
  bytes: Buffer;
}

export class BoxSplitter {
  private readonly header = Buffer.alloc(LARGE_BOX_HEADER_BYTES);
  private headerBytes = 0;
  private box: { type: string; bytes: Buffer; filled: number } | undefined;

  constructor(private readonly allocate: (type: string, sizeBytes: number) => Buffer = (_, sizeBytes) => Buffer.allocUnsafeSlow(sizeBytes)) {}

  /** Bytes of the box under way: what would be lost if the stream ended here. */
  get pendingBytes(): number {
    return this.box?.filled ?? this.headerBytes;
  }

  /** Takes the next bytes; yields every box that they complete. Throws BoxError on bytes that are no boxes. */
  *push(chunk: Buffer): Generator<TopLevelBox> {
    let offset = 0;
    while (offset < chunk.length) {
      if (!this.box) {
        offset += this.fillHeader(chunk, offset);
        continue;
      }
      const { bytes } = this.box;
      const count = Math.min(chunk.length - offset, bytes.length - this.box.filled);
      chunk.copy(bytes, this.box.filled, offset, offset + count);
      this.box.filled += count;
      offset += count;
      if (this.box.filled === bytes.length) {
        const { type } = this.box;
        this.box = undefined;
        yield { type, bytes };
      }
    }
  }

  private fillHeader(chunk: Buffer, offset: number): number {
    const wanted = this.headerBytes >= 8 ? LARGE_BOX_HEADER_BYTES : 8;
    const count = Math.min(chunk.length - offset, wanted - this.headerBytes);
    chunk.copy(this.header, this.headerBytes, offset, offset + count);
    this.headerBytes += count;
    const box = readBoxHeader(this.header.subarray(0, this.headerBytes), 0);
    if (!box) return count;
    if (box.end > MAX_BOX_BYTES) throw new BoxError(`a box ${box.type} of ${box.end} bytes: more than the ${MAX_BOX_BYTES} that any camera needs`);
    if (box.end <= this.headerBytes) throw new BoxError(`an empty box ${box.type}`);
    const bytes = this.allocate(box.type, box.end);
    this.header.copy(bytes, 0, 0, this.headerBytes);
    this.box = { type: box.type, bytes, filled: this.headerBytes };
    this.headerBytes = 0;
    return count;
  }
}
