// What a JPEG says of itself: when it was taken, by which camera, and which program wrote it (Exif 2.32, CIPA DC-008,
// with TIFF 6.0 inside).
import { localTime } from '@vr/base';
import { jpegSize } from './jpeg-size';

export interface PictureOrigin {
  /**
   * Epoch ms. It is written in the machine's zone, with the offset: many programs show the hour and ignore the zone.
   */
  takenMs: number;
  camera: string;
}

const SOFTWARE = 'Video Recorder';
const APP0 = 0xe0;
const APP1 = 0xe1;
const EXIF = Buffer.from('Exif\0\0', 'latin1');
/** An entry of an IFD: tag, type, count, and its value or where that is. */
const ENTRY_BYTES = 12;
const TYPE = { ascii: 2, long: 4, undefined: 7 } as const;

/** Puts its origin into a picture. A picture that has Exif data already stays as it is. */
export function withOrigin(jpeg: Buffer, { takenMs, camera }: PictureOrigin): Buffer {
  const at = insertAt(jpeg);
  if (at === undefined) return jpeg;
  const tiff = tiffOf({ takenMs, camera });
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xff00 | APP1, 0);
  head.writeUInt16BE(2 + EXIF.length + tiff.length, 2);
  return Buffer.concat([jpeg.subarray(0, at), head, EXIF, tiff, jpeg.subarray(at)]);
}

/**
 * Where the Exif segment goes: behind SOI and the JFIF segment, where every program looks. Undefined where there is one
 * already, or the JPEG is not whole.
 */
function insertAt(jpeg: Buffer): number | undefined {
  if (!jpegSize(jpeg)) return undefined;
  let behind = 2;
  // Application segments come first, so the first other marker ends the search.
  for (let at = 2; jpeg[at] === 0xff && ((jpeg[at + 1] ?? 0) & 0xf0) === APP0; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if (jpeg[at + 1] === APP1 && jpeg.subarray(at + 4, at + 4 + EXIF.length).equals(EXIF)) return undefined;
    if (jpeg[at + 1] === APP0 && at === 2) behind = at + 2 + jpeg.readUInt16BE(at + 2);
  }
  return behind;
}

function tiffOf({ takenMs, camera }: PictureOrigin): Buffer {
  const { date, time, milliseconds, offset } = localTime(takenMs);
  const taken = ascii(`${date.replaceAll('-', ':')} ${time}`);
  const header = Buffer.from('MM\0*\0\0\0\u0008', 'latin1');
  // Tags stand in ascending order (TIFF 6.0, section 2).
  const main = (exifAt: number): Buffer =>
    ifd(header.length, [
      { tag: 0x0110, type: TYPE.ascii, value: ascii(camera) }, // Model
      { tag: 0x0131, type: TYPE.ascii, value: ascii(SOFTWARE) },
      { tag: 0x0132, type: TYPE.ascii, value: taken }, // DateTime
      { tag: 0x8769, type: TYPE.long, value: u32(exifAt) }, // Exif IFD
    ]);
  const exifAt = header.length + main(0).length;
  const exif = ifd(exifAt, [
    { tag: 0x9000, type: TYPE.undefined, value: Buffer.from('0232', 'latin1') },
    { tag: 0x9003, type: TYPE.ascii, value: taken }, // DateTimeOriginal
    { tag: 0x9010, type: TYPE.ascii, value: ascii(offset) }, // OffsetTime
    { tag: 0x9011, type: TYPE.ascii, value: ascii(offset) }, // OffsetTimeOriginal
    { tag: 0x9290, type: TYPE.ascii, value: ascii(milliseconds) }, // SubSecTime
    { tag: 0x9291, type: TYPE.ascii, value: ascii(milliseconds) }, // SubSecTimeOriginal
  ]);
  return Buffer.concat([header, main(exifAt), exif]);
}

interface Field {
  tag: number;
  type: number;
  value: Buffer;
}

/** A directory at an offset of the TIFF. The values that do not fit into its entries follow it. */
function ifd(offset: number, fields: readonly Field[]): Buffer {
  const table = Buffer.alloc(2 + fields.length * ENTRY_BYTES + 4); // the last four: no further directory
  table.writeUInt16BE(fields.length, 0);
  const values: Buffer[] = [];
  let valueAt = offset + table.length;
  fields.forEach(({ tag, type, value }, i) => {
    const at = 2 + i * ENTRY_BYTES;
    table.writeUInt16BE(tag, at);
    table.writeUInt16BE(type, at + 2);
    table.writeUInt32BE(type === TYPE.long ? value.length / 4 : value.length, at + 4);
    if (value.length <= 4) {
      value.copy(table, at + 8);
      return;
    }
    table.writeUInt32BE(valueAt, at + 8);
    // values begin at even offsets
    const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
    values.push(padded);
    valueAt += padded.length;
  });
  return Buffer.concat([table, ...values]);
}

const ascii = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
