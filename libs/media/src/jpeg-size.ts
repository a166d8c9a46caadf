// JPEG as far as it takes to know that a file is one, is whole, and how large its picture is (ITU-T T.81, annex B).
const SOI = Buffer.from([0xff, 0xd8]);
const EOI = Buffer.from([0xff, 0xd9]);
const SOS = 0xda;

/** The size of the picture in a whole JPEG; undefined where the bytes are no JPEG or end before its end. */
export function jpegSize(jpeg: Buffer): { width: number; height: number } | undefined {
  if (!jpeg.subarray(0, 2).equals(SOI)) return undefined;
  let size: { width: number; height: number } | undefined;
  for (let at = 2; at + 4 <= jpeg.length; ) {
    if (jpeg[at] !== 0xff) return undefined;
    const marker = jpeg[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill bytes may stand before any marker
      continue;
    }
    if (isFrameHeader(marker) && at + 9 <= jpeg.length) size = { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
    if (marker === SOS) return size && size.width > 0 && size.height > 0 && jpeg.includes(EOI, at) ? size : undefined;
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15, without DHT (c4), JPG (c8) and DAC (cc), which share their range. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
