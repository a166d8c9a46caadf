const BOX_HEAD_BYTES = 8;
const MDAT = 0x6d646174;

/** Where the first fragment (boxes up to an mdat) ends. Undefined where it is not whole (ISO/IEC 14496-12, 4.2). */
export function firstFragmentEnd(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + BOX_HEAD_BYTES <= bytes.length;) {
    const sizeBytes = view.getUint32(at);
    if (sizeBytes < BOX_HEAD_BYTES) return undefined; // 64 bit sizes do not occur in footage
    const end = at + sizeBytes;
    if (view.getUint32(at + 4) === MDAT) return end <= bytes.length ? end : undefined;
    at = end;
  }
  return undefined;
}
