/** Writes the init segment of a fragmented file (14496-12, 8.2 to 8.8.3) from the parameter sets of its pictures. */
import { box, fullBox, u32, u64 } from './box-writer';
import { parseInitSegment, type InitSegment } from './init-segment';
import type { NalCodec, ParameterSet } from './nal-sets';
import { decoderConfig } from './parameter-sets';

interface VideoSetUp {
  codec: NalCodec;
  /** At least one of each kind that the codec has. */
  sets: readonly ParameterSet[];
  timescale: number;
}

/** An `AudioSampleEntry` with the box that configures its decoder (14496-12, 12.2.3). */
interface SoundSetUp {
  entry: Buffer;
  timescale: number;
}

const UNITY_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const VIDEO_ID = 1;
const AUDIO_ID = 2;
/** `und`, packed (14496-12, 8.4.2.3). */
const NO_LANGUAGE = 0x55c40000;

/** Undefined: the sets do not say what a decoder has to know. */
export function initSegment(video: VideoSetUp, sound?: SoundSetUp): InitSegment | undefined {
  const config = decoderConfig(video.codec, video.sets);
  if (!config) return undefined;
  const { width, height } = config;
  const type = video.codec === 'hevc' ? 'hvc1' : 'avc1';
  const visual = box(
    type,
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
    Buffer.alloc(16),
    u32(width * 0x10000 + height), // 16 bits each
    u32(0x480000, 0x480000, 0), // 72 dpi
    Buffer.from([0, 1]), // one picture a sample
    Buffer.alloc(32), // the compressor's name
    Buffer.from([0, 0x18, 0xff, 0xff]), // colour without alpha; no palette
    config.bytes,
  );
  const vmhd = fullBox('vmhd', 0, 1, Buffer.alloc(8));
  const smhd = fullBox('smhd', 0, 0, Buffer.alloc(4));
  const pictureSize = u32(width * 0x10000, height * 0x10000);
  const tracks = [
    trak({ id: VIDEO_ID, timescale: video.timescale, handler: 'vide', media: vmhd, entry: visual, size: pictureSize }),
    ...(sound
      ? [
          trak({
            id: AUDIO_ID,
            timescale: sound.timescale,
            handler: 'soun',
            media: smhd,
            entry: sound.entry,
            size: u32(0, 0),
          }),
        ]
      : []),
  ];
  const trex = (id: number) => fullBox('trex', 0, 0, u32(id, 1, 0, 0, 0));
  const mvhd = fullBox(
    'mvhd',
    1,
    0,
    u64(0),
    u64(0),
    u32(1000),
    u64(0),
    u32(0x10000),
    Buffer.from([1, 0]),
    Buffer.alloc(10),
    UNITY_MATRIX,
    Buffer.alloc(24),
    u32(tracks.length + 1),
  );
  const mvex = box('mvex', trex(VIDEO_ID), ...(sound ? [trex(AUDIO_ID)] : []));
  const ftyp = box('ftyp', Buffer.from(`iso5\x00\x00\x02\x00iso5iso6mp41`, 'latin1'));
  return parseInitSegment(Buffer.concat([ftyp, box('moov', mvhd, ...tracks, mvex)]));
}

interface TrackSetUp {
  id: number;
  timescale: number;
  handler: 'vide' | 'soun';
  media: Buffer;
  entry: Buffer;
  size: Buffer;
}

function trak({ id, timescale, handler, media, entry, size }: TrackSetUp): Buffer {
  const volume = handler === 'soun' ? 0x0100 : 0;
  const tkhd = fullBox(
    'tkhd',
    1,
    3,
    u64(0),
    u64(0),
    u32(id, 0),
    u64(0),
    Buffer.alloc(8),
    u32(0, volume * 0x10000),
    UNITY_MATRIX,
    size,
  );
  const mdhd = fullBox('mdhd', 1, 0, u64(0), u64(0), u32(timescale), u64(0), u32(NO_LANGUAGE));
  const hdlr = fullBox(
    'hdlr',
    0,
    0,
    u32(0),
    Buffer.from(handler, 'latin1'),
    Buffer.alloc(12),
    Buffer.from('\0', 'latin1'),
  );
  const dinf = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  const stbl = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );
  return box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', media, dinf, stbl)));
}
