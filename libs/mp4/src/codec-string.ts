/**
 * The codecs of a file as browsers and HLS name them (RFC 6381, 3.3 to 3.6; 14496-15, Annex E): whether a player can
 * play it is decided by this text alone.
 */
import { BoxError, boxesIn, findBox, findPath, readBoxHeader, readingBoxes, type Box } from './boxes';
import type { InitSegment } from './init-segment';
import { AUDIO_ENTRY_BYTES, behindLength, DECODER_CONFIG_TAG, VISUAL_ENTRY_BYTES } from './sample-entry';

/** DecoderSpecificInfo, of sound an AudioSpecificConfig. */
const DECODER_SPECIFIC_TAG = 5;
/** 14496-1, 7.2.6.6.2 */
const MPEG4_AUDIO = 0x40;

/** `avc1.4d401f,mp4a.40.2`: the picture first. An entry that nobody can name further has its four letters. */
export function codecsOf({ bytes, tracks }: InitSegment): string {
  return readingBoxes(() => {
    const moov = findBox(bytes, { payload: 0, end: bytes.length }, 'moov');
    if (!moov) throw new BoxError('no moov in the init segment');
    const names: { picture: string[]; sound: string[] } = { picture: [], sound: [] };
    const kinds = [...tracks.values()].map(({ kind }) => kind);
    let track = 0;
    for (const trak of boxesIn(bytes, moov.payload, moov.end)) {
      if (trak.type !== 'trak') continue;
      const kind = kinds[track++];
      const stsd = findPath(bytes, trak, 'mdia', 'minf', 'stbl', 'stsd');
      const entry = stsd && readBoxHeader(bytes, stsd.payload + 8);
      if (entry && kind === 'video') names.picture.push(pictureName(bytes, entry));
      else if (entry && kind === 'audio') names.sound.push(soundName(bytes, entry));
    }
    return [...names.picture, ...names.sound].join(',');
  });
}

function pictureName(bytes: Buffer, entry: Box): string {
  const inside = { payload: entry.start + VISUAL_ENTRY_BYTES, end: entry.end };
  if (entry.type === 'avc1' || entry.type === 'avc3') {
    const config = findBox(bytes, inside, 'avcC');
    return config ? `${entry.type}.${bytes.toString('hex', config.payload + 1, config.payload + 4)}` : entry.type;
  }
  if (entry.type === 'hvc1' || entry.type === 'hev1') {
    const config = findBox(bytes, inside, 'hvcC');
    return config ? `${entry.type}.${hevcName(bytes, config.payload)}` : entry.type;
  }
  if (entry.type === 'mp4v') return systemsName(bytes, entry, inside);
  return entry.type;
}

/** Profile, compatibility, tier with level, then the constraint bytes without zeros at the end: `1.6.L93.B0`. */
function hevcName(bytes: Buffer, at: number): string {
  const first = bytes.readUInt8(at + 1);
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const compatibility = reversed(bytes.readUInt32BE(at + 2)).toString(16);
  const tier = first & 0x20 ? 'H' : 'L';
  const constraints = [...bytes.subarray(at + 6, at + 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  const shown = constraints.map((byte) => `.${byte.toString(16).toUpperCase()}`).join('');
  return `${space}${first & 0x1f}.${compatibility}.${tier}${bytes.readUInt8(at + 12)}${shown}`;
}

function reversed(word: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) if (word & (1 << bit)) result += 2 ** (31 - bit);
  return result;
}

function soundName(bytes: Buffer, entry: Box): string {
  if (entry.type === 'Opus') return 'opus';
  if (entry.type !== 'mp4a') return entry.type;
  return systemsName(bytes, entry, { payload: entry.start + AUDIO_ENTRY_BYTES, end: entry.end });
}

/** `mp4a.40.2`, `mp4v.6c`: the object type of the decoder's configuration, and of MPEG-4 sound its own. */
function systemsName(bytes: Buffer, entry: Box, inside: { payload: number; end: number }): string {
  const esds = findBox(bytes, inside, 'esds');
  if (!esds) return entry.type;
  // Version and flags, then tag, length, id and flags of the ES descriptor.
  const config = behindLength(bytes, esds.payload + 5) + 3;
  if (bytes[config] !== DECODER_CONFIG_TAG) return entry.type;
  const objectAt = behindLength(bytes, config + 1);
  const objectType = bytes.readUInt8(objectAt);
  const name = `${entry.type}.${objectType.toString(16).padStart(2, '0')}`;
  const specific = objectAt + 13;
  if (objectType !== MPEG4_AUDIO || bytes[specific] !== DECODER_SPECIFIC_TAG) return name;
  const at = behindLength(bytes, specific + 1);
  const audioType = bytes.readUInt8(at) >> 3;
  // 31 says that 6 more bits follow (14496-3, 1.6.2.1).
  return `${name}.${audioType === 31 ? 32 + ((bytes.readUInt16BE(at) >> 5) & 0x3f) : audioType}`;
}
