/** What a NAL unit is to a picture: from its first bytes, for H.264 (7.4.1.2.3) and H.265 (7.4.2.4.4). */
export type VideoCodec = 'h264' | 'h265';

export interface NalKind {
  /** A part of the picture itself. */
  slice: boolean;
  /** The slice that a picture begins with. */
  firstSlice: boolean;
  /** After a slice it says that the next picture begins. */
  beginsPicture: boolean;
  /** A picture with such a slice can be decoded without any other. */
  key: boolean;
  parameterSet: boolean;
  /** Supplemental enhancement information. */
  sei: boolean;
}

/** So many bytes of a NAL unit tell its kind. */
export const KIND_BYTES: Readonly<Record<VideoCodec, number>> = { h264: 2, h265: 3 };

export function nalKind(codec: VideoCodec, head: Buffer): NalKind {
  return codec === 'h264' ? h264Kind(head) : h265Kind(head);
}

function h264Kind(head: Buffer): NalKind {
  const type = (head[0] ?? 0) & 31;
  const slice = type >= 1 && type <= 5;
  return {
    slice,
    // first_mb_in_slice is 0: its Exp-Golomb code is one bit, 1.
    firstSlice: slice && ((head[1] ?? 0) & 0x80) !== 0,
    beginsPicture: (type >= 6 && type <= 9) || (type >= 14 && type <= 18),
    key: type === 5,
    parameterSet: type === 7 || type === 8,
    sei: type === 6,
  };
}

function h265Kind(head: Buffer): NalKind {
  const type = ((head[0] ?? 0) >> 1) & 63;
  const slice = type < 32;
  return {
    slice,
    firstSlice: slice && ((head[2] ?? 0) & 0x80) !== 0, // first_slice_segment_in_pic_flag
    beginsPicture:
      (type >= 32 && type <= 35) || type === 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55),
    key: type >= 16 && type <= 23,
    parameterSet: type >= 32 && type <= 34,
    sei: type === 39,
  };
}

/**
 * Whether an H.264 SEI holds a recovery point (D.1.8): a camera that refreshes its picture bit by bit sends no other
 * place to begin. `nal` is its beginning, with the header.
 */
export function hasRecoveryPoint(nal: Buffer): boolean {
  let at = 1;
  while (at + 2 <= nal.length && nal[at] !== 0x80) {
    let type = 0;
    let sizeBytes = 0;
    while (nal[at] === 255) [type, at] = [type + 255, at + 1];
    type += nal[at++] ?? 0;
    while (nal[at] === 255) [sizeBytes, at] = [sizeBytes + 255, at + 1];
    sizeBytes += nal[at++] ?? 0;
    if (type === 6) return true;
    at += sizeBytes;
  }
  return false;
}
