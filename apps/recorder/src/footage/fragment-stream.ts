/**
 * ffmpeg's fragmented MP4 as it comes out of the pipe, cut into an init segment and whole fragments.
 * Each fragment is one buffer with room for its `prft` in front, so that one write appends it to a segment.
 */
import { BoxError, BoxSplitter, parseInitSegment, PRFT_BYTES, fragmentHeader, type InitSegment, type TrackFragment } from '@vr/footage';

export interface ArrivedFragment {
  /** Valid until the next fragment is asked for: the same memory takes each, or the collector would be the recorder's main cost. */
  bytes: Buffer;
  tracks: TrackFragment[];
  video: TrackFragment;
  /** In the run's media time. */
  mediaStartMs: number;
  mediaEndMs: number;
}

const FIRST_FRAGMENT_BYTES = 256 * 1024;

export class FragmentStream {
  private readonly splitter = new BoxSplitter((type, sizeBytes) => this.room(type, sizeBytes));
  private fragment = Buffer.allocUnsafeSlow(FIRST_FRAGMENT_BYTES);
  private moofBytes = 0;
  private ftyp: Buffer | undefined;
  private initSegment: InitSegment | undefined;

  get init(): InitSegment {
    if (!this.initSegment) throw new BoxError('a fragment before the init segment');
    return this.initSegment;
  }

  /** moof and mdat are gathered where they are written from: behind the room for `prft`. Other boxes get memory of their own. */
  private room(type: string, sizeBytes: number): Buffer {
    if (type !== 'moof' && type !== 'mdat') return Buffer.allocUnsafe(sizeBytes);
    const offset = PRFT_BYTES + (type === 'moof' ? 0 : this.moofBytes);
    const end = offset + sizeBytes;
    if (end > this.fragment.length) {
      const larger = Buffer.allocUnsafeSlow(Math.ceil(end * 1.25));
      this.fragment.copy(larger, 0, 0, offset);
      this.fragment = larger;
    }
    return this.fragment.subarray(offset, end);
  }

  /** Throws BoxError on what is no MP4. A fragment without video is passed over: no picture, no footage. */
  *push(chunk: Buffer): Generator<ArrivedFragment> {
    for (const { type, bytes } of this.splitter.push(chunk)) {
      if (type === 'ftyp') this.ftyp = bytes;
      else if (type === 'moov') this.initSegment = parseInitSegment(Buffer.concat([this.ftyp ?? Buffer.alloc(0), bytes]));
      else if (type === 'moof') this.moofBytes = bytes.length;
      else if (type === 'mdat') {
        const fragment = this.complete(bytes);
        if (fragment) yield fragment;
      } // anything else (free, sidx, the mfra that ffmpeg ends with) does not belong into a segment
    }
  }

  private complete(mdat: Buffer): ArrivedFragment | undefined {
    if (this.moofBytes === 0) throw new BoxError('an mdat without its moof');
    const bytes = this.fragment.subarray(0, PRFT_BYTES + this.moofBytes + mdat.length);
    // The walker over boxes must find a box in front; SegmentWriter fills it in.
    bytes.fill(0, 0, PRFT_BYTES);
    bytes.writeUInt32BE(PRFT_BYTES, 0);
    bytes.write('prft', 4, 'latin1');
    this.moofBytes = 0;
    const tracks = fragmentHeader(bytes, this.init);
    const video = tracks.find((fragment) => fragment.track.kind === 'video');
    if (!video || video.sampleCount === 0) return undefined;
    const mediaStartMs = (video.baseDecodeTime / video.track.timescale) * 1000;
    return { bytes, tracks, video, mediaStartMs, mediaEndMs: mediaStartMs + (video.durationTicks / video.track.timescale) * 1000 };
  }
}
