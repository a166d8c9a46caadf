// Reads as much of a JPEG as tells that it is one, that it is whole, and how large its picture is (ITU-T T.81, annex
// B). Nothing is decoded.

export interface JpegFacts {
  width: number;
  height: number;
  /** Up to and including the EOI marker. Bytes after it do not belong to the picture. */
  sizeBytes: number;
}

/** Twice as wide as 8K: panoramas of several sensors are. */
export const MOST_SIDE_PX = 16_384;
/** 8K has 33 million. One byte of a JPEG may stand for 64 pixels and more, so its size in bytes is no limit. */
export const MOST_PIXELS = 64_000_000;

/** Whoever decodes a picture larger than any camera's needs gigabytes for it. */
export function isSaneSize({ width, height }: { width: number; height: number }): boolean {
  return width <= MOST_SIDE_PX && height <= MOST_SIDE_PX && width * height <= MOST_PIXELS;
}

const SOI = 0xffd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;

/** The size of the picture in a whole JPEG; undefined where the bytes are no JPEG or end before its end. */
export function jpegSize(jpeg: Buffer): { width: number; height: number } | undefined {
  const facts = readJpeg(jpeg);
  return facts && { width: facts.width, height: facts.height };
}

/**
 * Follows the markers from SOI to EOI. There must be quantisation tables, one frame header, and at least one scan that
 * is not empty.
 */
export function readJpeg(jpeg: Buffer): JpegFacts | undefined {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== SOI) return undefined;
  let size: { width: number; height: number } | undefined;
  let hasTables = false;
  let scans = 0;
  for (let at = 2; at + 2 <= jpeg.length;) {
    if (jpeg[at] !== 0xff) return undefined;
    const marker = jpeg[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill bytes may stand before any marker
      continue;
    }
    if (marker === EOI) return size && hasTables && scans > 0 ? { ...size, sizeBytes: at + 2 } : undefined;
    const end = segmentEnd(jpeg, at, marker);
    if (end === undefined) return undefined;
    if (marker === DQT) hasTables = true;
    if (isFrameHeader(marker)) {
      if (size) return undefined;
      size = frameSize(jpeg, at, end);
      if (!size) return undefined;
    }
    if (marker !== SOS) {
      at = end;
      continue;
    }
    const next = scanEnd(jpeg, end);
    if (!size || next === undefined || next === end) return undefined;
    scans += 1;
    at = next;
  }
  return undefined;
}

/**
 * Where a marker's segment ends (B.1.1.4). Undefined for markers without a length, which have no place between
 * segments.
 */
function segmentEnd(jpeg: Buffer, at: number, marker: number): number | undefined {
  const standsAlone = marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
  if (standsAlone || at + 4 > jpeg.length) return undefined;
  const length = jpeg.readUInt16BE(at + 2);
  const end = at + 2 + length;
  return length >= 2 && end <= jpeg.length ? end : undefined;
}

/** SOF0 to SOF15. DHT (c4), JPG (c8) and DAC (cc) share their range and are none. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function frameSize(jpeg: Buffer, at: number, end: number): { width: number; height: number } | undefined {
  if (at + 10 > end) return undefined;
  const [height, width] = [jpeg.readUInt16BE(at + 5), jpeg.readUInt16BE(at + 7)];
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** Where the next marker is after a scan's data. In the data ff00 is a byte, and RST0 to RST7 divide (B.1.1.5). */
function scanEnd(jpeg: Buffer, from: number): number | undefined {
  for (let at = jpeg.indexOf(0xff, from); at >= 0 && at + 1 < jpeg.length; at = jpeg.indexOf(0xff, at + 2)) {
    const next = jpeg[at + 1] ?? 0;
    if (next === 0xff) {
      at -= 1; // fill: the marker's own ff may be the second one
      continue;
    }
    if (next !== 0x00 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return undefined;
}
