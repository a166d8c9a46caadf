/** Reads what the `moov` of a fragmented file says about its tracks (14496-12, 8.2 to 8.8.3). */
import { BoxError, boxesIn, findBox, findPath, readBoxHeader, readingBoxes, versionAndFlags, type Box } from './boxes';
import { withCreationTime } from './creation-time';
import { behindLength, DECODER_CONFIG_TAG, VISUAL_ENTRY_BYTES } from './sample-entry';

export interface Track {
  id: number;
  kind: 'video' | 'audio' | 'other';
  /** Ticks a second. */
  timescale: number;
  codec: string;
  width: number;
  height: number;
  /** `trex`: the values of a sample whose fragment does not give them. */
  defaultSampleDuration: number;
  defaultSampleFlags: number;
}

/** `ftyp` + `moov`, as bytes and as parsed. */
export interface InitSegment {
  bytes: Buffer;
  /** The bytes without their creation times. Two segments can be joined without encoding only where these are equal. */
  setUp: Buffer;
  tracks: ReadonlyMap<number, Track>;
  video: Track;
}

/** Keyed by the object type in the decoder configuration of an `mp4v` entry (14496-1, 7.2.6.6.2; mp4ra.org). */
const SYSTEMS_CODECS: Readonly<Record<number, string>> = {
  0x20: 'mpeg4',
  0x60: 'mpeg2video',
  0x61: 'mpeg2video',
  0x6a: 'mpeg1video',
  0x6c: 'mjpeg',
};
const CODECS: Readonly<Record<string, string>> = {
  avc1: 'h264',
  avc3: 'h264',
  hvc1: 'hevc',
  hev1: 'hevc',
  mp4a: 'aac',
  Opus: 'opus',
};

/** Throws BoxError where the bytes are no init segment of a fragmented file with video. */
export function parseInitSegment(bytes: Buffer): InitSegment {
  return readingBoxes(() => parseMovie(bytes));
}

function parseMovie(bytes: Buffer): InitSegment {
  const moov = findBox(bytes, { payload: 0, end: bytes.length }, 'moov');
  if (!moov) throw new BoxError('no moov in the init segment');
  const tracks = new Map<number, Track>();
  for (const box of boxesIn(bytes, moov.payload, moov.end)) {
    if (box.type === 'trak') {
      const track = parseTrack(bytes, box);
      tracks.set(track.id, track);
    }
  }
  const mvex = findBox(bytes, moov, 'mvex');
  if (!mvex) throw new BoxError('no mvex in moov: the file is not fragmented');
  for (const box of boxesIn(bytes, mvex.payload, mvex.end)) {
    const track = box.type === 'trex' ? tracks.get(bytes.readUInt32BE(box.payload + 4)) : undefined;
    if (!track) continue;
    track.defaultSampleDuration = bytes.readUInt32BE(box.payload + 12);
    track.defaultSampleFlags = bytes.readUInt32BE(box.payload + 20);
  }
  const video = [...tracks.values()].find((track) => track.kind === 'video');
  if (!video) throw new BoxError('no video track in moov');
  return { bytes, setUp: withCreationTime(bytes, undefined), tracks, video };
}

function parseTrack(bytes: Buffer, trak: Box): Track {
  const tkhd = findBox(bytes, trak, 'tkhd');
  const mdhd = findPath(bytes, trak, 'mdia', 'mdhd');
  const hdlr = findPath(bytes, trak, 'mdia', 'hdlr');
  const stsd = findPath(bytes, trak, 'mdia', 'minf', 'stbl', 'stsd');
  if (!tkhd || !mdhd || !hdlr || !stsd) throw new BoxError('a track lacks tkhd, mdhd, hdlr or stsd');
  const id = bytes.readUInt32BE(tkhd.payload + (versionAndFlags(bytes, tkhd).version === 1 ? 20 : 12));
  const timescale = bytes.readUInt32BE(mdhd.payload + (versionAndFlags(bytes, mdhd).version === 1 ? 20 : 12));
  if (timescale === 0) throw new BoxError(`track ${id} has timescale 0`);
  const handler = bytes.toString('latin1', hdlr.payload + 8, hdlr.payload + 12);
  const kind = handler === 'vide' ? 'video' : handler === 'soun' ? 'audio' : 'other';
  // stsd has version and flags, the entry count, then the first sample entry. A VisualSampleEntry has its size 24 bytes
  // into its payload.
  const entry = readBoxHeader(bytes, stsd.payload + 8);
  const format = entry?.type ?? 'none';
  const isVideo = kind === 'video' && entry !== undefined;
  return {
    id,
    kind,
    timescale,
    codec: format === 'mp4v' ? systemsCodec(bytes, entry) : (CODECS[format] ?? format),
    width: isVideo ? bytes.readUInt16BE(entry.payload + 24) : 0,
    height: isVideo ? bytes.readUInt16BE(entry.payload + 26) : 0,
    defaultSampleDuration: 0,
    defaultSampleFlags: 0,
  };
}

/** The codec in an `mp4v` entry, which is one name for many codecs. */
function systemsCodec(bytes: Buffer, entry: Box | undefined): string {
  const esds = entry && findBox(bytes, { payload: entry.start + VISUAL_ENTRY_BYTES, end: entry.end }, 'esds');
  if (!esds) return 'mp4v';
  // First come version and flags, then the tag and length of the ES descriptor, its id and its flags (0 as ffmpeg
  // writes it). The configuration of its decoder follows.
  const at = behindLength(bytes, esds.payload + 5) + 3;
  return (bytes[at] === DECODER_CONFIG_TAG && SYSTEMS_CODECS[bytes[behindLength(bytes, at + 1)] ?? 0]) || 'mp4v';
}

/** Whether one decoder reads both without a new set-up. */
export function haveOneSetUp(one: InitSegment, other: InitSegment): boolean {
  return one.setUp.equals(other.setUp);
}
