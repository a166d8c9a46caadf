/**
 * ffmpeg's fragmented MP4 as it comes out of the pipe, cut into an init segment and whole fragments.
 * Each fragment is one buffer with room for its `prft` in front, so that one write appends it to a segment.
 */
import { BoxError, BoxSplitter, changedParameterSets, fragmentHeader, parseInitSegment, PRFT_BYTES, taggedHvc1, type InitSegment, type TrackFragment } from '@vr/footage';
import type { BufferPool } from './buffer-pool';

export interface ArrivedFragment {
  /** PRFT_BYTES of room, moof, mdat. Lives in `memory`, which goes back to the pool once the fragment is written or dropped. */
  bytes: Buffer;
  memory: Buffer;
  /** Another object than the last fragment's where the camera changed its parameter sets: then this one begins with a key frame. */
  init: InitSegment;
  tracks: TrackFragment[];
  video: TrackFragment;
  /** In the run's media time. */
  mediaStartMs: number;
  mediaEndMs: number;
}

export class FragmentStream {
  private readonly splitter = new BoxSplitter((type, sizeBytes) => this.room(type, sizeBytes));
  private ftyp: Buffer | undefined;
  private initSegment: InitSegment | undefined;
  /** A moof waits here until its mdat's size is known, and with it how much memory the fragment needs. */
  private moof = Buffer.alloc(4096);
  private moofBytes = 0;
  private memory: Buffer | undefined;

  constructor(private readonly pool: BufferPool) {}

  private room(type: string, sizeBytes: number): Buffer {
    if (type === 'moof') {
      if (sizeBytes > this.moof.length) this.moof = Buffer.alloc(sizeBytes);
      return this.moof.subarray(0, sizeBytes);
    }
    if (type !== 'mdat') return Buffer.allocUnsafe(sizeBytes);
    const offset = PRFT_BYTES + this.moofBytes;
    this.memory = this.pool.lend(offset + sizeBytes);
    this.moof.copy(this.memory, PRFT_BYTES, 0, this.moofBytes);
    return this.memory.subarray(offset, offset + sizeBytes);
  }

  /** Throws BoxError on what is no MP4. A fragment without video is passed over: no picture, no footage. */
  *push(chunk: Buffer): Generator<ArrivedFragment> {
    for (const { type, bytes } of this.splitter.push(chunk)) {
      if (type === 'ftyp') this.ftyp = bytes;
      else if (type === 'moov') this.initSegment = taggedHvc1(parseInitSegment(Buffer.concat([this.ftyp ?? Buffer.alloc(0), bytes])));
      else if (type === 'moof') this.moofBytes = bytes.length;
      else if (type === 'mdat') {
        const fragment = this.complete(bytes.length);
        if (fragment) yield fragment;
      } // anything else (free, sidx, the mfra that ffmpeg ends with) does not belong into a segment
    }
  }

  private complete(mdatBytes: number): ArrivedFragment | undefined {
    const { memory, moofBytes, initSegment } = this;
    if (!memory || moofBytes === 0) throw new BoxError('an mdat without its moof');
    if (!initSegment) throw new BoxError('a fragment before the init segment');
    this.memory = undefined;
    this.moofBytes = 0;
    const bytes = memory.subarray(0, PRFT_BYTES + moofBytes + mdatBytes);
    // The walker over boxes must find a box in front; SegmentWriter fills it in.
    bytes.fill(0, 0, PRFT_BYTES);
    bytes.writeUInt32BE(PRFT_BYTES, 0);
    bytes.write('prft', 4, 'latin1');
    const tracks = fragmentHeader(bytes, initSegment);
    const video = tracks.find((fragment) => fragment.track.kind === 'video');
    if (!video || video.sampleCount === 0) {
      this.pool.giveBack(memory);
      return undefined;
    }
    const init = changedParameterSets(initSegment, bytes, video) ?? initSegment;
    this.initSegment = init;
    const mediaStartMs = (video.baseDecodeTime / video.track.timescale) * 1000;
    const mediaEndMs = mediaStartMs + (video.durationTicks / video.track.timescale) * 1000;
    return { bytes, memory, init, tracks, video, mediaStartMs, mediaEndMs };
  }
}
