/**
 * The one parser of `moof` (14496-12, 8.8.4 to 8.8.12): what each `traf` and `trun` says, and where its fields lie. It
 * reads no samples: fragment-header.ts sums them up and samples.ts visits each, both from what is found here. An hour
 * has 7,200 of these boxes, and somebody waits for it. So box types are compared as numbers, and no box becomes an
 * object.
 */
import { BOX_HEADER_BYTES, BoxError, LARGE_BOX_HEADER_BYTES, readingBoxes } from './boxes';
import type { InitSegment, Track } from './init-segment';

/** A `traf`: the samples of one track in a fragment. Offsets are those in the buffer. */
export interface TrackHeader {
  track: Track;
  /** Where the time of `tfdt` lies, and its version. */
  tfdtAt: number;
  tfdtVersion: number;
  /** `tfdt`: decode time of the first sample, in the track's ticks. */
  baseDecodeTime: number;
  /** Data offsets count from a place in the file, not from the moof (`base-data-offset-present`). */
  hasBaseDataOffset: boolean;
  /** For samples whose run has no durations. `at`: absent where the init segment has it. */
  defaultDuration: { ticks: number; at?: number };
  defaultSize: number;
  defaultFlags: number;
  runs: TrackRun[];
}

/**
 * Where the fields of a run's first sample lie in the buffer, if it has them. The next sample follows after
 * `sampleBytes`.
 */
export interface SampleRun {
  count: number;
  sampleBytes: number;
  durationAt?: number | undefined;
  compositionAt?: number | undefined;
}

/** A `trun`. */
interface TrackRun extends SampleRun {
  /** Composition offsets are signed from version 1 on. */
  version: number;
  /** Place of the first sample's bytes, from the moof's start. Absent where they follow those of the run before. */
  dataOffset: number | undefined;
  /** Flags of the first sample, where it has none of its own. */
  firstFlags: number;
  /** Where the fields of the first sample begin. */
  samplesAt: number;
  sizeAt: number | undefined;
  flagsAt: number | undefined;
}

/** sample_is_non_sync_sample, 8.8.3.1: decoding cannot begin there. */
export const NON_SYNC = 0x10000;

const TFHD = { baseDataOffset: 0x1, descriptionIndex: 0x2, duration: 0x8, size: 0x10, flags: 0x20 };
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, composition: 0x800 };
const TYPE = { traf: 0x74726166, tfhd: 0x74666864, tfdt: 0x74666474, trun: 0x7472756e };

/** Nobody sends that many pictures or sounds in a run. A larger count is damage, and would keep us busy for minutes. */
const MAX_SAMPLES = 1_000_000;

/** The track fragments of a moof with this payload in the buffer. Throws BoxError where it is damaged. */
export function parseMoof(
  buffer: Buffer,
  { payload, end }: { payload: number; end: number },
  init: InitSegment,
): TrackHeader[] {
  return readingBoxes(() => {
    const headers: TrackHeader[] = [];
    for (let at = payload, next = at; at < end; at = next) {
      next = at + boxBytes(buffer, at, end);
      const type = buffer.readUInt32BE(at + 4);
      if (type === TYPE.traf) headers.push(parseTrack(buffer, payloadOf(buffer, at), next, init));
      else checkType(type, at);
    }
    return headers;
  });
}

function parseTrack(buffer: Buffer, start: number, end: number, init: InitSegment): TrackHeader {
  let tfhd = 0;
  let header: TrackHeader | undefined;
  for (let at = start, next = at; at < end; at = next) {
    next = at + boxBytes(buffer, at, end);
    const type = buffer.readUInt32BE(at + 4);
    if (type === TYPE.tfhd) tfhd = payloadOf(buffer, at);
    else if (type === TYPE.tfdt && tfhd > 0) header ??= parseTrackHeader(buffer, tfhd, payloadOf(buffer, at), init);
    else if (type === TYPE.trun && header) header.runs.push(parseRun(buffer, payloadOf(buffer, at), next, header));
    else if (type === TYPE.trun) break;
    else checkType(type, at);
  }
  // 8.8.12: `tfdt` stands behind `tfhd` and before the first `trun`.
  if (!header) throw new BoxError('a track fragment lacks tfhd or tfdt before its samples');
  return header;
}

function parseTrackHeader(buffer: Buffer, tfhd: number, tfdt: number, init: InitSegment): TrackHeader {
  const flags = buffer.readUInt32BE(tfhd) & 0xffffff;
  const trackId = buffer.readUInt32BE(tfhd + 4);
  const track = init.tracks.get(trackId);
  if (!track) throw new BoxError(`a fragment of track ${trackId}, which moov does not have`);
  let at = tfhd + 8 + (flags & TFHD.baseDataOffset ? 8 : 0) + (flags & TFHD.descriptionIndex ? 4 : 0);
  const own = flags & TFHD.duration ? { ticks: buffer.readUInt32BE(at), at } : undefined;
  if (own) at += 4;
  const defaultSize = flags & TFHD.size ? buffer.readUInt32BE((at += 4) - 4) : 0;
  const defaultFlags = flags & TFHD.flags ? buffer.readUInt32BE(at) : track.defaultSampleFlags;
  const version = buffer.readUInt8(tfdt);
  const offset = tfdt + 4;
  const high = buffer.readUInt32BE(offset);
  return {
    track,
    tfdtAt: offset,
    tfdtVersion: version,
    baseDecodeTime: version === 1 ? high * 2 ** 32 + buffer.readUInt32BE(offset + 4) : high,
    hasBaseDataOffset: (flags & TFHD.baseDataOffset) !== 0,
    defaultDuration: own ?? { ticks: track.defaultSampleDuration },
    defaultSize,
    defaultFlags,
    runs: [],
  };
}

function parseRun(buffer: Buffer, trun: number, end: number, { defaultFlags }: TrackHeader): TrackRun {
  const version = buffer.readUInt8(trun);
  const flags = buffer.readUInt32BE(trun) & 0xffffff;
  const count = buffer.readUInt32BE(trun + 4);
  let at = trun + 8;
  const dataOffset = flags & TRUN.dataOffset ? buffer.readInt32BE((at += 4) - 4) : undefined;
  const firstFlags = flags & TRUN.firstFlags ? buffer.readUInt32BE((at += 4) - 4) : defaultFlags;
  const samplesAt = at;
  const durationAt = flags & TRUN.duration ? (at += 4) - 4 : undefined;
  const sizeAt = flags & TRUN.size ? (at += 4) - 4 : undefined;
  const flagsAt = flags & TRUN.flags ? (at += 4) - 4 : undefined;
  const compositionAt = flags & TRUN.composition ? (at += 4) - 4 : undefined;
  const sampleBytes = at - samplesAt;
  if (count > MAX_SAMPLES || samplesAt + count * sampleBytes > end)
    throw new BoxError(`a trun of ${count} samples that its box does not hold`);
  return { version, count, sampleBytes, dataOffset, firstFlags, samplesAt, durationAt, sizeAt, flagsAt, compositionAt };
}

/** The size of the box at this place. Throws BoxError where it reaches past its parent. */
function boxBytes(buffer: Buffer, at: number, end: number): number {
  const size32 = buffer.readUInt32BE(at);
  const size = size32 === 1 ? buffer.readUInt32BE(at + 8) * 2 ** 32 + buffer.readUInt32BE(at + 12) : size32;
  const least = size32 === 1 ? LARGE_BOX_HEADER_BYTES : BOX_HEADER_BYTES;
  if (size < least || at + size > end) throw new BoxError(`a box at byte ${at} reaches past its parent`);
  return size;
}

function payloadOf(buffer: Buffer, at: number): number {
  return at + (buffer.readUInt32BE(at) === 1 ? LARGE_BOX_HEADER_BYTES : BOX_HEADER_BYTES);
}

/** A type has four letters. A power cut can leave zeros or garbage instead, which throw BoxError. */
function checkType(type: number, at: number): void {
  for (let shift = 0; shift < 32; shift += 8) {
    const letter = (type >>> shift) & 0xff;
    if ((letter < 0x20 || letter > 0x7e) && letter !== 0xa9) throw new BoxError(`no box type at byte ${at}`);
  }
}
