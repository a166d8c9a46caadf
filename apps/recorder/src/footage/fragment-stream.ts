/**
 * Cuts ffmpeg's fragmented MP4 from the pipe into an init segment and whole fragments.
 * Each fragment lies in blocks, with room for its `prft` in front, so that one write appends it to a segment.
 */
import {
  BoxError,
  BoxSplitter,
  changedParameterSets,
  fragmentHeader,
  parseInitSegment,
  PRFT_BYTES,
  taggedHvc1,
  type InitSegment,
  type Parts,
  type TrackFragment,
} from '@vr/mp4';
import { BLOCK_BYTES, type BlockPool } from './block-pool';

export interface ArrivedFragment {
  /** It holds PRFT_BYTES of room, then the moof, then the mdat or its beginning. */
  bytes: Buffer;
  /** These bytes follow on `bytes`. */
  rest: readonly Buffer[];
  /** The size of `bytes` and `rest` together. */
  sizeBytes: number;
  /** Both lie in these blocks. The blocks go back to the pool once the fragment is written or dropped. */
  blocks: readonly Buffer[];
  /**
   * It is the same object as the last fragment's until the camera changes its parameter sets. The fragment with a new
   * object begins with a key frame.
   */
  init: InitSegment;
  tracks: TrackFragment[];
  video: TrackFragment;
  /** Both times are the run's media time. */
  mediaStartMs: number;
  mediaEndMs: number;
}

/** The parameter sets stand in front of the first picture, so only the fragment's first block is searched for them. */
const SETS_BYTES = 16 * 1024;

/** Memory that holds a fragment: PRFT_BYTES of room, then its bytes. */
export interface FragmentMemory {
  parts: Parts;
  sizeBytes: number;
  blocks: readonly Buffer[];
}

/** Reads the header of the fragment in this memory. Undefined where it has no pictures, because that is no footage. */
export function readFragment(memory: FragmentMemory, init: InitSegment): ArrivedFragment | undefined {
  const {
    parts: [bytes, ...rest],
    sizeBytes,
    blocks,
  } = memory;
  // The walker over boxes must find a box in front. SegmentWriter fills this one in.
  bytes.fill(0, 0, PRFT_BYTES);
  bytes.writeUInt32BE(PRFT_BYTES, 0);
  bytes.write('prft', 4, 'latin1');
  const tracks = fragmentHeader(bytes, init);
  const video = tracks.find((fragment) => fragment.track.kind === 'video');
  if (!video || video.sampleCount === 0) return undefined;
  const mediaStartMs = (video.baseDecodeTime / video.track.timescale) * 1000;
  const mediaEndMs = mediaStartMs + (video.durationTicks / video.track.timescale) * 1000;
  return { bytes, rest, sizeBytes, blocks, init, tracks, video, mediaStartMs, mediaEndMs };
}

export class FragmentStream {
  private readonly splitter = new BoxSplitter((type, sizeBytes) => this.room(type, sizeBytes));
  private ftyp: Buffer | undefined;
  private initSegment: InitSegment | undefined;
  /** A moof waits here for the size of its mdat. Only then is it known how much memory the fragment needs. */
  private moof = Buffer.alloc(4096);
  private moofBytes = 0;
  /** The memory of the fragment whose mdat is on its way. */
  private memory: FragmentMemory | undefined;

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

  private lend(headBytes: number, sizeBytes: number): FragmentMemory {
    // Such a moof holds thousands of samples, and its reader needs it in one piece. No camera sends one, so the pool
    // needs no blocks of that size.
    if (headBytes + SETS_BYTES > BLOCK_BYTES)
      return { parts: [Buffer.allocUnsafeSlow(sizeBytes)], sizeBytes, blocks: [] };
    const blocks = this.pool.lend(sizeBytes);
    const [first, ...rest] = blocks.map((block, i) => block.subarray(0, sizeBytes - i * BLOCK_BYTES));
    if (!first) throw new RangeError(`no memory for a fragment of ${sizeBytes} bytes`);
    return { parts: [first, ...rest], sizeBytes, blocks };
  }

  /** The stream ends. A fragment that was on its way is torn, and its memory goes back. */
  end(): void {
    if (this.memory) this.pool.giveBack(this.memory.blocks);
    this.memory = undefined;
  }

  /** Throws BoxError if the bytes are not MP4. It skips a fragment without pictures, because that is no footage. */
  *push(chunk: Buffer): Generator<ArrivedFragment> {
    for (const { type, bytes } of this.splitter.push(chunk)) {
      if (type === 'ftyp') this.ftyp = bytes;
      else if (type === 'moov')
        this.initSegment = taggedHvc1(parseInitSegment(Buffer.concat([this.ftyp ?? Buffer.alloc(0), bytes])));
      else if (type === 'moof') this.moofBytes = bytes.length;
      else if (type === 'mdat') {
        const fragment = this.complete();
        if (fragment) yield fragment;
      } // other boxes (free, sidx, the mfra that ffmpeg ends with) do not belong in a segment
    }
  }

  private complete(): ArrivedFragment | undefined {
    const { memory, moofBytes, initSegment } = this;
    if (!memory || moofBytes === 0) throw new BoxError('an mdat without its moof');
    if (!initSegment) throw new BoxError('a fragment before the init segment');
    this.memory = undefined;
    this.moofBytes = 0;
    const fragment = readFragment(memory, initSegment);
    if (!fragment) {
      this.pool.giveBack(memory.blocks);
      return undefined;
    }
    const init = changedParameterSets(initSegment, fragment.bytes, fragment.video) ?? initSegment;
    this.initSegment = init;
    return { ...fragment, init };
  }
}
