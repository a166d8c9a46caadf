/**
 * Builds the `moov` of a plain MP4 (14496-12, 8.2 to 8.6): sample tables, edit lists, and the texts that players show.
 */
import { box, fullBox, table, u32, u64 } from './box-writer';
import { boxesIn, BoxError, findBox, findPath, readBoxHeader } from './boxes';
import { EPOCH_1904_SECONDS } from './creation-time';
import type { InitSegment } from './init-segment';
import type { SampleColumns } from './sample-columns';

/** The texts that players show of a file. */
export interface ClipTexts {
  title: string;
  artist: string;
  comment: string;
}

/** The chunks of a track, by columns. The samples of a chunk follow each other in the file. */
export interface Chunks {
  length: number;
  /** They count from the first byte of media, until `moveChunks`. */
  offsets: Float64Array;
  /** How many samples each chunk has. */
  samples: Uint32Array;
}

/** A track of the file, and which part of it players show. */
export interface MovieTrack {
  /** In decoding order; there is at least one. */
  samples: SampleColumns;
  /** Decode time of each sample, in ticks from the first one. Each is larger than the one before. */
  times: Float64Array;
  /**
   * Ticks from the first decode time to what players show first. Negative: the track begins that much after the clip.
   */
  shownFrom: number;
  /**
   * How long players show it, in ticks. It counts from `shownFrom`, or from the first sample where that is negative.
   */
  shownTicks: number;
}

/** `[startMs, endMs)` is what players show: from the first wanted frame to the end of the last. */
export interface Movie {
  video: MovieTrack;
  audio?: MovieTrack;
  startMs: number;
  endMs: number;
}

const WORD = 2 ** 32;
const UNITY_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
/** In thousandths of a second, movie, media and edit times would be rounded by up to half of one. */
const MOVIE_TIMESCALE = 90_000;

export function movieBox(
  init: InitSegment,
  movie: Movie,
  chunksOf: ReadonlyMap<MovieTrack, Chunks>,
  texts: ClipTexts,
): Buffer {
  const createdSeconds = Math.floor(movie.startMs / 1000) + EPOCH_1904_SECONDS;
  const movieTicks = Math.round(((movie.endMs - movie.startMs) * MOVIE_TIMESCALE) / 1000);
  const tracks = movie.audio ? [movie.video, movie.audio] : [movie.video];
  const mvhd = fullBox(
    'mvhd',
    1,
    0,
    ...[
      u64(createdSeconds),
      u64(createdSeconds),
      u32(MOVIE_TIMESCALE),
      u64(movieTicks),
      u32(0x10000),
      Buffer.from([1, 0]),
      Buffer.alloc(10),
    ],
    ...[u32(...UNITY_MATRIX), Buffer.alloc(24), u32(tracks.length + 1)],
  );
  const traks = tracks.map((track, i) => {
    const chunks = chunksOf.get(track);
    if (!chunks) throw new Error('movieBox: wanted the chunks of each track');
    return trackBox(init, track, { id: i + 1, createdSeconds, movieTicks, chunks });
  });
  return box(
    'moov',
    mvhd,
    ...traks,
    textsBox({ nam: texts.title, ART: texts.artist, cmt: texts.comment, day: new Date(movie.startMs).toISOString() }),
  );
}

interface TrackFacts {
  id: number;
  createdSeconds: number;
  movieTicks: number;
  chunks: Chunks;
}

function trackBox(init: InitSegment, clip: MovieTrack, { id, createdSeconds, movieTicks, chunks }: TrackFacts): Buffer {
  const { track } = clip.samples;
  const source = sourceTrack(init, track.id);
  const size = track.kind === 'video' ? source.displaySize : Buffer.alloc(8);
  const volume = track.kind === 'audio' ? 0x0100 : 0;
  const tkhd = fullBox(
    'tkhd',
    1,
    3, // enabled, in the movie
    ...[
      u64(createdSeconds),
      u64(createdSeconds),
      u32(id, 0),
      u64(movieTicks),
      Buffer.alloc(8),
      u32(0, volume << 16),
      source.matrix,
      size,
    ],
  );
  const mediaTicks = (clip.times.at(-1) ?? 0) + lastDuration(clip.samples);
  const mdhd = fullBox(
    'mdhd',
    1,
    0,
    u64(createdSeconds),
    u64(createdSeconds),
    u32(track.timescale),
    u64(mediaTicks),
    source.language,
    Buffer.alloc(2),
  );
  const stbl = box('stbl', source.stsd, ...sampleTables(clip, chunks));
  return box(
    'trak',
    tkhd,
    editList(clip),
    box('mdia', mdhd, source.hdlr, box('minf', source.mediaHeader, source.dinf, stbl)),
  );
}

/**
 * What players show (8.6.6): an empty edit where the track begins later than the clip, then the part from `shownFrom`
 * on.
 */
function editList({ samples: { track }, shownFrom, shownTicks }: MovieTrack): Buffer {
  const movieTicks = (ticks: number): number => Math.round((ticks * MOVIE_TIMESCALE) / track.timescale);
  const edits = [
    ...(shownFrom < 0 ? [{ length: movieTicks(-shownFrom), mediaTime: -1 }] : []),
    { length: movieTicks(shownTicks), mediaTime: Math.max(0, shownFrom) },
  ];
  const entries = edits.map(({ length, mediaTime }) => Buffer.concat([u64(length), u64(mediaTime), u32(0x10000)]));
  return box('edts', fullBox('elst', 1, 0, u32(entries.length), ...entries));
}

function sampleTables({ samples, times }: MovieTrack, chunks: Chunks): Buffer[] {
  const { length, track, sizes, keys, compositionOffsets } = samples;
  const shifts = runs(compositionOffsets.subarray(0, length));
  const isReordered = shifts.length > 2 || shifts[1] !== 0;
  return [
    counted('stts', 0, runs(durationsOf(times, samples))),
    ...(isReordered ? [counted('ctts', 1, shifts)] : []),
    ...(track.kind === 'video' ? syncSamples(keys.subarray(0, length)) : []),
    samplesToChunks(chunks),
    fullBox('stsz', 0, 0, u32(0, length), table(sizes.subarray(0, length))),
    fullBox('co64', 0, 0, u32(chunks.length), offsetTable(chunks)),
  ];
}

/** The numbers of the samples at which decoding can begin. Without this table it can at all of them (8.6.2). */
function syncSamples(keys: Uint8Array): Buffer[] {
  const numbers = new Uint32Array(keys.length);
  let count = 0;
  for (let i = 0; i < keys.length; i++) if (keys[i] === 1) numbers[count++] = i + 1;
  return count === keys.length ? [] : [fullBox('stss', 0, 0, u32(count), table(numbers.subarray(0, count)))];
}

function durationsOf(times: Float64Array, samples: SampleColumns): Float64Array {
  const durations = new Float64Array(times.length).fill(lastDuration(samples));
  for (let i = 1; i < times.length; i++) durations[i - 1] = (times[i] ?? 0) - (times[i - 1] ?? 0);
  return durations;
}

/**
 * One entry for each row of chunks with the same number of samples: the number of the first chunk, how many samples a
 * chunk has, and their description.
 */
function samplesToChunks({ length, samples }: Chunks): Buffer {
  const entries = new Uint32Array(length * 3);
  let count = 0;
  for (let i = 0; i < length; i++) {
    if (i > 0 && samples[i] === samples[i - 1]) continue;
    entries.set([i + 1, samples[i] ?? 0, 1], count * 3);
    count += 1;
  }
  return fullBox('stsc', 0, 0, u32(count), table(entries.subarray(0, count * 3)));
}

function lastDuration({ durations, length }: SampleColumns): number {
  return Math.max(1, durations[length - 1] ?? 1);
}

/** A table of pairs, with the number of pairs in front. */
function counted(type: string, version: number, pairs: Float64Array): Buffer {
  return fullBox(type, version, 0, u32(pairs.length / 2), table(pairs));
}

/** How often each value occurs in a row: count, value, count, value. */
function runs(values: Float64Array | Int32Array): Float64Array {
  let count = values.length > 0 ? 1 : 0;
  for (let i = 1; i < values.length; i++) if (values[i] !== values[i - 1]) count += 1;
  const pairs = new Float64Array(count * 2);
  let end = 0;
  for (let from = 0, i = 1; from < values.length; i++) {
    if (i < values.length && values[i] === values[from]) continue;
    pairs[end] = i - from;
    pairs[end + 1] = values[from] ?? 0;
    end += 2;
    from = i;
  }
  return pairs;
}

function offsetTable({ length, offsets }: Chunks): Buffer {
  const bytes = Buffer.alloc(length * 8);
  for (let i = 0; i < length; i++) writeOffset(bytes, offsets[i] ?? 0, i * 8);
  return bytes;
}

/** Moves all chunks of a `moov` back by this many bytes, in place. */
export function moveChunks(moov: Buffer, byBytes: number): void {
  const box = readBoxHeader(moov, 0);
  const traks = box ? [...boxesIn(moov, box.payload, box.end)].filter(({ type }) => type === 'trak') : [];
  for (const co64 of traks.flatMap((trak) => findPath(moov, trak, 'mdia', 'minf', 'stbl', 'co64') ?? [])) {
    for (let at = co64.payload + 8; at < co64.end; at += 8) {
      writeOffset(moov, moov.readUInt32BE(at) * WORD + moov.readUInt32BE(at + 4) + byBytes, at);
    }
  }
}

/** Writes 64 bits. Every file is smaller than 2^53. */
function writeOffset(bytes: Buffer, offset: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(offset / WORD), at);
  bytes.writeUInt32BE(offset % WORD, at + 4);
}

/** The parts of a footage track that the clip keeps, as bytes. */
function sourceTrack(init: InitSegment, trackId: number) {
  const { bytes } = init;
  const moov = findBox(bytes, { payload: 0, end: bytes.length }, 'moov');
  for (const trak of moov ? boxesIn(bytes, moov.payload, moov.end) : []) {
    const tkhd = trak.type === 'trak' ? findBox(bytes, trak, 'tkhd') : undefined;
    if (!tkhd) continue;
    const long = bytes.readUInt8(tkhd.payload) === 1;
    if (bytes.readUInt32BE(tkhd.payload + (long ? 20 : 12)) !== trackId) continue;
    const mdhd = findPath(bytes, trak, 'mdia', 'mdhd');
    const hdlr = findPath(bytes, trak, 'mdia', 'hdlr');
    const minf = findPath(bytes, trak, 'mdia', 'minf');
    const stsd = findPath(bytes, trak, 'mdia', 'minf', 'stbl', 'stsd');
    const dinf = findPath(bytes, trak, 'mdia', 'minf', 'dinf');
    const mediaHeader = minf && (findBox(bytes, minf, 'vmhd') ?? findBox(bytes, minf, 'smhd'));
    if (!mdhd || !hdlr || !stsd || !dinf || !mediaHeader) break;
    const whole = ({ start, end }: { start: number; end: number }): Buffer => bytes.subarray(start, end);
    return {
      matrix: bytes.subarray(tkhd.end - 44, tkhd.end - 8),
      displaySize: bytes.subarray(tkhd.end - 8, tkhd.end),
      language: bytes.subarray(mdhd.end - 4, mdhd.end - 2),
      hdlr: whole(hdlr),
      stsd: asPlayersWantIt(whole(stsd)),
      dinf: whole(dinf),
      mediaHeader: whole(mediaHeader),
    };
  }
  throw new BoxError(`track ${trackId} has no whole description in moov`);
}

/** Apple's players open hvc1 and refuse hev1. */
function asPlayersWantIt(stsd: Buffer): Buffer {
  const entryType = 20;
  if (stsd.toString('latin1', entryType, entryType + 4) !== 'hev1') return stsd;
  const copy = Buffer.from(stsd);
  copy.write('hvc1', entryType, 'latin1');
  return copy;
}

/** Apple's metadata list, which every player reads: `©nam` and the like. */
function textsBox(texts: Record<string, string>): Buffer {
  const items = Object.entries(texts).map(([name, text]) =>
    box(`\u00a9${name}`, box('data', u32(1, 0), Buffer.from(text, 'utf8'))),
  );
  const hdlr = fullBox('hdlr', 0, 0, u32(0), Buffer.from('mdirappl', 'latin1'), Buffer.alloc(9));
  return box('udta', fullBox('meta', 0, 0, hdlr, box('ilst', ...items)));
}
