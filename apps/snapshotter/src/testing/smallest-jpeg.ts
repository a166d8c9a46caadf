/** A marker's segment with its length (ITU-T T.81, B.1.1.4). */
const segment = (marker: number, ...body: number[]): number[] => [0xff, marker, 0, body.length + 2, ...body];

const TABLES = segment(0xdb, 0, ...Array<number>(64).fill(1));
const FRAME_HEADER = segment(0xc0, 8, 0, 2, 0, 2, 1, 1, 0x11, 0);
const SCAN = [...segment(0xda, 1, 1, 0, 0, 63, 0), 7];

/** A picture of 2x2 that has all that a whole JPEG needs. */
export const smallestJpeg = Buffer.from([0xff, 0xd8, ...TABLES, ...FRAME_HEADER, ...SCAN, 0xff, 0xd9]);
