/**
 * ffmpeg's fragmented MP4 as it comes out of the pipe, cut into an init segment and whole fragments.
 * Each fragment lies in blocks, with room for its `prft` in front, so that one write appends it to a segment.
 */
import { fragmentHeader } from '@vr/footage';
import {
  BoxError,
  BoxSplitter,
  changedParameterSets,
  parseInitSegment,
  PRFT_BYTES,
  taggedHvc1,
  type InitSegment,
  type Parts,
  type TrackFragment,
} from '@vr/mp4';
import { BLOCK_BYTES, type BlockPool } from './block-pool';

export interface ArrivedFragment {
  /** PRFT_BYTES of room, moof, and mdat or its beginning. */
  bytes: Buffer;
  /** What follows on `bytes`. */
  rest: readonly Buffer[];
  /** Of both. */
  sizeBytes: number;
  /** What both lie in; goes back to the pool once the fragment is written or dropped. */
  blocks: readonly Buffer[];
  /**
   * Another object than the last fragment's where the camera changed its parameter sets: then this one begins with a
   * key frame.
   */
  init: InitSegment;
  tracks: TrackFragment[];
  video: TrackFragment;
  /** In the run's media time. */
  mediaStartMs: number;
  mediaEndMs: number;
}

/** The parameter sets stand in front of the first picture, and are looked for in the fragment's first block. */
const SETS_BYTES = 16 * 1024;

export class FragmentStream {
  private readonly splitter = new BoxSplitter((type, sizeBytes) => this.room(type, sizeBytes));
  private ftyp: Buffer | undefined;
  private initSegment: InitSegment | undefined;
  /** A moof waits here until its mdat's size is known, and with it how much memory the fragment needs. */
  private moof = Buffer.alloc(4096);
  private moofBytes = 0;
  /** Of the fragment whose mdat is under way. */
  private memory: { parts: Parts; sizeBytes: number; blocks: readonly Buffer[] } | undefined;

  constructor(private readonly pool: BlockPool) {}

  private room(type: string, sizeBytes: number): Parts {
    if (type === 'moof') {
      if (sizeBytes > this.moof.length) this.moof = Buffer.alloc(sizeBytes);
      return [this.moof.subarray(0, sizeBytes)];
    }
    if (type !== 'mdat') return [Buffer.allocUnsafe(sizeBytes)];
    const headBytes = PRFT_BYTES + this.moofBytes;
    const memory = (this.memory = this.lend(headBytes, headBytes + sizeBytes));
    const [first, ...rest] = memory.parts;
    this.moof.copy(first, PRFT_BYTES, 0, this.moofBytes);
    return [first.subarray(headBytes), ...rest];
  }

  private lend(headBytes: number, sizeBytes: number): NonNullable<typeof this.memory> {
    // Thousands of samples in one moof, which must lie in one piece to be read: no camera's, and worth no block of its
    // own size.
    if (headBytes + SETS_BYTES > BLOCK_BYTES)
      return { parts: [Buffer.allocUnsafeSlow(sizeBytes)], sizeBytes, blocks: [] };
    const blocks = this.pool.lend(sizeBytes);
    const [first, ...rest] = blocks.map((block, i) => block.subarray(0, sizeBytes - i * BLOCK_BYTES));
    if (!first) throw new RangeError(`no memory for a fragment of ${sizeBytes} bytes`);
    return { parts: [first, ...rest], sizeBytes, blocks };
  }

  /** The stream ends: what was under way is torn. */
  end(): void {
    if (this.memory) this.pool.giveBack(this.memory.blocks);
    this.memory = undefined;
  }

  /** Throws BoxError on what is no MP4. A fragment without video is passed over: no picture, no footage. */
  *push(chunk: Buffer): Generator<ArrivedFragment> {
    for (const { type, bytes } of this.splitter.push(chunk)) {
      if (type === 'ftyp') this.ftyp = bytes;
      else if (type === 'moov')
        this.initSegment = taggedHvc1(parseInitSegment(Buffer.concat([this.ftyp ?? Buffer.alloc(0), bytes])));
      else if (type === 'moof') this.moofBytes = bytes.length;
      else if (type === 'mdat') {
        const fragment = this.complete();
        if (fragment) yield fragment;
      } // anything else (free, sidx, the mfra that ffmpeg ends with) does not belong into a segment
    }
  }

  private complete(): ArrivedFragment | undefined {
    const { memory, moofBytes, initSegment } = this;
    if (!memory || moofBytes === 0) throw new BoxError('an mdat without its moof');
    if (!initSegment) throw new BoxError('a fragment before the init segment');
    this.memory = undefined;
    this.moofBytes = 0;
    const {
      parts: [bytes, ...rest],
      sizeBytes,
      blocks,
    } = memory;
    // The walker over boxes must find a box in front; SegmentWriter fills it in.
    bytes.fill(0, 0, PRFT_BYTES);
    bytes.writeUInt32BE(PRFT_BYTES, 0);
    bytes.write('prft', 4, 'latin1');
    const tracks = fragmentHeader(bytes, initSegment);
    const video = tracks.find((fragment) => fragment.track.kind === 'video');
    if (!video || video.sampleCount === 0) {
      this.pool.giveBack(blocks);
      return undefined;
    }
    const init = changedParameterSets(initSegment, bytes, video) ?? initSegment;
    this.initSegment = init;
    const mediaStartMs = (video.baseDecodeTime / video.track.timescale) * 1000;
    const mediaEndMs = mediaStartMs + (video.durationTicks / video.track.timescale) * 1000;
    return { bytes, rest, sizeBytes, blocks, init, tracks, video, mediaStartMs, mediaEndMs };
  }
}
