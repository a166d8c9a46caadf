/** ISO base media file format boxes (ISO/IEC 14496-12, 4.2): size, type, payload. */

export interface Box {
  type: string;
  /** Place of the box's first byte (its size field) in the buffer. */
  start: number;
  /** Place of the first byte behind the type (and the 64-bit size). */
  payload: number;
  /** One past the last byte. */
  end: number;
}

/** The file or stream is torn, or is no MP4. */
export class BoxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BoxError';
  }
}

/** Reads fields of boxes. A damaged box may be shorter than its fields; that is a BoxError like any other. */
export function readingBoxes<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new BoxError(`a box is shorter than its fields: ${error.message}`);
    throw error;
  }
}

export const BOX_HEADER_BYTES = 8;
/** For a box with a 64-bit size. */
export const LARGE_BOX_HEADER_BYTES = 16;

/**
 * Reads the header at `offset`. Undefined where the buffer ends before the header does. `end` may lie past the buffer.
 */
export function readBoxHeader(buffer: Buffer, offset: number): Box | undefined {
  if (offset + BOX_HEADER_BYTES > buffer.length) return undefined;
  const size32 = buffer.readUInt32BE(offset);
  const type = buffer.toString('latin1', offset + 4, offset + 8);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) throw new BoxError(`no box type at byte ${offset}`);
  if (size32 === 1) {
    if (offset + LARGE_BOX_HEADER_BYTES > buffer.length) return undefined;
    const size64 = Number(buffer.readBigUInt64BE(offset + 8));
    if (size64 < LARGE_BOX_HEADER_BYTES) throw new BoxError(`box ${type} of ${size64} bytes at byte ${offset}`);
    return { type, start: offset, payload: offset + LARGE_BOX_HEADER_BYTES, end: offset + size64 };
  }
  if (size32 < BOX_HEADER_BYTES) throw new BoxError(`box ${type} of ${size32} bytes at byte ${offset}`);
  return { type, start: offset, payload: offset + BOX_HEADER_BYTES, end: offset + size32 };
}

/** The whole boxes between `start` and `end`. A child that reaches past `end` is an error. */
export function* boxesIn(buffer: Buffer, start: number, end: number): Generator<Box> {
  let offset = start;
  while (offset < end) {
    const box = readBoxHeader(buffer, offset);
    if (!box || box.end > end) throw new BoxError(`a box at byte ${offset} reaches past its parent`);
    yield box;
    offset = box.end;
  }
}

export function findBox(buffer: Buffer, parent: { payload: number; end: number }, type: string): Box | undefined {
  for (const box of boxesIn(buffer, parent.payload, parent.end)) if (box.type === type) return box;
  return undefined;
}

/** The box at the end of a path of types, such as `mdia`, `minf`, `stbl`. */
export function findPath(
  buffer: Buffer,
  parent: { payload: number; end: number },
  ...types: string[]
): Box | undefined {
  let at: { payload: number; end: number } | undefined = parent;
  let found: Box | undefined;
  for (const type of types) {
    found = at && findBox(buffer, at, type);
    at = found;
  }
  return found;
}

/** Version and flags of a FullBox (14496-12, 4.2). Its fields begin 4 bytes after `payload`. */
export function versionAndFlags(buffer: Buffer, box: Box): { version: number; flags: number } {
  const word = buffer.readUInt32BE(box.payload);
  return { version: word >>> 24, flags: word & 0xffffff };
}
