/**
 * Cuts a byte stream at its top-level boxes. `allocate` gives each box memory of exactly its size; nothing is
 * concatenated or copied twice. What it does NOT do: look into boxes.
 */
import { BoxError, LARGE_BOX_HEADER_BYTES, readBoxHeader } from './boxes';

/** A fragment of 2 s of 4K at 60 Mbit/s has 15 MB. A larger "box" than this is garbage that was read as a size. */
const MAX_BOX_BYTES = 64 * 1024 * 1024;

/** In order. None of them is empty. */
export type Parts = readonly [Buffer, ...Buffer[]];

export interface TopLevelBox {
  type: string;
  /** The whole box. Where `allocate` gave several parts, it is the first of them. */
  bytes: Buffer;
}

export class BoxSplitter {
  private readonly header = Buffer.alloc(LARGE_BOX_HEADER_BYTES);
  private headerBytes = 0;
  private box:
    { type: string; parts: Parts; sizeBytes: number; filled: number; part: number; filledOfPart: number } | undefined;

  /** `allocate` gives a box its memory: parts whose sizes add up to that of the box. */
  constructor(
    private readonly allocate: (type: string, sizeBytes: number) => Parts = (_, sizeBytes) => [
      Buffer.allocUnsafeSlow(sizeBytes),
    ],
  ) {}

  /** How many bytes of an unfinished box it holds. They would be lost if the stream ended here. */
  get pendingBytes(): number {
    return this.box?.filled ?? this.headerBytes;
  }

  /** Takes the next bytes and yields every box that they complete. Throws BoxError on bytes that are no boxes. */
  *push(chunk: Buffer): Generator<TopLevelBox> {
    let offset = 0;
    while (offset < chunk.length) {
      if (!this.box) {
        offset += this.fillHeader(chunk, offset);
        continue;
      }
      offset += this.fillBox(this.box, chunk, offset);
      if (this.box.filled === this.box.sizeBytes) {
        const { type, parts } = this.box;
        this.box = undefined;
        yield { type, bytes: parts[0] };
      }
    }
  }

  /** Copies at most up to the end of a part. Returns how many bytes it took. */
  private fillBox(box: NonNullable<typeof this.box>, chunk: Buffer, offset: number): number {
    const part = box.parts[box.part];
    if (!part)
      throw new RangeError(`the memory for a box ${box.type} of ${box.sizeBytes} bytes has only ${box.filled}`);
    const count = Math.min(chunk.length - offset, part.length - box.filledOfPart);
    chunk.copy(part, box.filledOfPart, offset, offset + count);
    box.filled += count;
    box.filledOfPart += count;
    if (box.filledOfPart === part.length) {
      box.part++;
      box.filledOfPart = 0;
    }
    return count;
  }

  private fillHeader(chunk: Buffer, offset: number): number {
    const wanted = this.headerBytes >= 8 ? LARGE_BOX_HEADER_BYTES : 8;
    const count = Math.min(chunk.length - offset, wanted - this.headerBytes);
    chunk.copy(this.header, this.headerBytes, offset, offset + count);
    this.headerBytes += count;
    const box = readBoxHeader(this.header.subarray(0, this.headerBytes), 0);
    if (!box) return count;
    if (box.end > MAX_BOX_BYTES)
      throw new BoxError(`a box ${box.type} of ${box.end} bytes: more than the ${MAX_BOX_BYTES} that any camera needs`);
    if (box.end <= this.headerBytes) throw new BoxError(`an empty box ${box.type}`);
    const parts = this.allocate(box.type, box.end);
    this.box = { type: box.type, parts, sizeBytes: box.end, filled: 0, part: 0, filledOfPart: 0 };
    for (let filled = 0; filled < this.headerBytes;)
      filled += this.fillBox(this.box, this.header.subarray(0, this.headerBytes), filled);
    this.headerBytes = 0;
    return count;
  }
}
