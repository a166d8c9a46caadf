/** What lies in a sample entry before its boxes, and the descriptors in `esds`. */

/** Size, type and the fields of a VisualSampleEntry (14496-12, 12.1.3). Boxes follow them. */
export const VISUAL_ENTRY_BYTES = 86;
/** The same of an AudioSampleEntry of version 0 (12.2.3), as ffmpeg writes it. */
export const AUDIO_ENTRY_BYTES = 36;
/** DecoderConfigDescriptor (14496-1, 7.2.6.6). */
export const DECODER_CONFIG_TAG = 4;

/** Skips the length of a descriptor: seven bits a byte, and the eighth bit says that another byte follows. */
export function behindLength(bytes: Buffer, offset: number): number {
  let at = offset;
  while ((bytes[at] ?? 0) & 0x80) at++;
  return at + 1;
}
