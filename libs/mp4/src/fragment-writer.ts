/** Writes the `moof` of a fragment and the head of its `mdat` (14496-12, 8.8.4 to 8.8.8): samples follow, by tracks. */

/** Samples of one track, by columns, in decoding order. */
interface WrittenTrack {
  id: number;
  /** In the track's ticks. */
  baseDecodeTime: number;
  count: number;
  durations: Uint32Array;
  sizes: Uint32Array;
  /** 1: decoding can begin there. Absent: all are so, as sound is. */
  keys?: Uint8Array;
  /** From decoding to showing, in ticks; absent: none. */
  compositions?: Int32Array;
}

const KEY_FLAGS = 0x02000000;
/** Depends on others, is no sync sample. */
const OTHER_FLAGS = 0x01010000;
const MDAT_HEAD_BYTES = 8;

/** How many bytes `writeFragmentHead` writes for these tracks. */
export function fragmentHeadBytes(tracks: readonly WrittenTrack[]): number {
  return moofBytes(tracks) + MDAT_HEAD_BYTES;
}

const sampleBytes = (track: WrittenTrack): number => 8 + (track.keys ? 4 : 0) + (track.compositions ? 4 : 0);
const trunBytes = (track: WrittenTrack): number => 20 + track.count * sampleBytes(track);
const trafBytes = (track: WrittenTrack): number => 8 + 16 + 20 + trunBytes(track);
const moofBytes = (tracks: readonly WrittenTrack[]): number =>
  tracks.reduce((sum, track) => sum + trafBytes(track), 8 + 16);

function mediaBytes({ sizes, count }: WrittenTrack): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += sizes[i] ?? 0;
  return sum;
}

/** Writes at `offset` of the buffer, which has room. The samples of the first track follow, then those of the next. */
export function writeFragmentHead(
  buffer: Buffer,
  offset: number,
  sequence: number,
  tracks: readonly WrittenTrack[],
): void {
  const head = new HeadWriter(buffer, offset);
  const moof = moofBytes(tracks);
  head.box(moof, 'moof');
  head.box(16, 'mfhd').word(0).word(sequence);
  let dataOffset = moof + MDAT_HEAD_BYTES;
  for (const track of tracks) {
    head.box(trafBytes(track), 'traf');
    head.box(16, 'tfhd').word(0x020000).word(track.id); // default-base-is-moof
    head.box(20, 'tfdt').word(0x01000000).long(track.baseDecodeTime);
    const flags = 0x000301 | (track.keys ? 0x400 : 0) | (track.compositions ? 0x800 : 0);
    head
      .box(trunBytes(track), 'trun')
      .word(0x01000000 | flags)
      .word(track.count)
      .word(dataOffset);
    for (let i = 0; i < track.count; i++) {
      head.word(track.durations[i] ?? 0).word(track.sizes[i] ?? 0);
      if (track.keys) head.word(track.keys[i] ? KEY_FLAGS : OTHER_FLAGS);
      if (track.compositions) head.word(track.compositions[i] ?? 0);
    }
    dataOffset += mediaBytes(track);
  }
  head.box(dataOffset - moof, 'mdat');
}

class HeadWriter {
  constructor(
    private readonly buffer: Buffer,
    private at: number,
  ) {}

  box(sizeBytes: number, type: string): this {
    this.word(sizeBytes);
    this.buffer.write(type, this.at, 'latin1');
    this.at += 4;
    return this;
  }

  word(value: number): this {
    this.buffer.writeUInt32BE(value >>> 0, this.at);
    this.at += 4;
    return this;
  }

  long(value: number): this {
    return this.word(Math.floor(value / 2 ** 32)).word(value % 2 ** 32);
  }
}
