import { runToEnd } from '@vr/testing';
import { BoxSplitter, fragmentHeader, parseInitSegment, type InitSegment, PRFT_BYTES } from '@vr/mp4';
import { SegmentWriter, type StampedFragment } from '../write/segment-writer';

interface Fragment extends Omit<StampedFragment, 'offsetMs'> {
  mediaStartMs: number;
}

/**
 * What a recorder gets from ffmpeg: real H.264 with 10 pictures and one fragment a second, and a key frame every 2 s.
 */
export class TestStream {
  private constructor(
    readonly init: InitSegment,
    private readonly fragments: readonly Fragment[],
  ) {}

  static async encode(seconds: number, audio: 'audio' | 'mute' = 'mute', bFrames = 0): Promise<TestStream> {
    const { stdout } = await runToEnd('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=10:duration=${seconds}`],
      ...(audio === 'audio' ? ['-f', 'lavfi', '-i', `sine=sample_rate=16000:duration=${seconds}`, '-c:a', 'aac'] : []),
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-g',
        '20',
        '-bf',
        String(bFrames),
        '-sc_threshold',
        '0',
      ],
      ...[
        '-f',
        'mp4',
        '-movflags',
        '+frag_keyframe+empty_moov+default_base_moof',
        '-frag_duration',
        '1000000',
        'pipe:1',
      ],
    ]);
    let init: InitSegment | undefined;
    let before: Buffer = Buffer.alloc(0);
    const fragments: Fragment[] = [];
    for (const { type, bytes } of new BoxSplitter().push(stdout)) {
      if (type === 'moov') init = parseInitSegment(Buffer.concat([before, bytes]));
      else if (type === 'mdat' && init) {
        for (const fragment of fragmentOf(Buffer.concat([roomForTime(), before, bytes]), init))
          fragments.push(fragment);
      }
      before = bytes;
    }
    if (!init) throw new Error('ffmpeg wrote no moov');
    return new TestStream(init, fragments);
  }

  /**
   * Writes the seconds [fromSecond, toSecond) of the stream as one segment. `zeroMs` is the time of the stream's second
   * 0. Both ends must be key frames. An open segment stays as it is.
   */
  async record(
    recordingsDir: string,
    cameraId: string,
    zeroMs: number,
    fromSecond: number,
    toSecond: number,
    end: 'closed' | 'open' = 'closed',
  ): Promise<void> {
    const writer = await SegmentWriter.open(recordingsDir, cameraId, this.init, zeroMs + fromSecond * 1000);
    await this.append(writer, zeroMs, fromSecond, toSecond);
    await (end === 'closed' ? writer.close() : writer.abandon());
  }

  async append(writer: SegmentWriter, zeroMs: number, fromSecond: number, toSecond: number): Promise<void> {
    for (const { bytes, tracks, video, mediaStartMs } of this.fragments) {
      if (mediaStartMs < fromSecond * 1000 || mediaStartMs >= toSecond * 1000) continue;
      await writer.append({ bytes: Buffer.from(bytes), tracks, video, offsetMs: zeroMs });
    }
  }
}

function fragmentOf(bytes: Buffer, init: InitSegment): Fragment[] {
  const tracks = fragmentHeader(bytes, init);
  const video = tracks.find(({ track }) => track.kind === 'video');
  return video ? [{ bytes, tracks, video, mediaStartMs: (video.baseDecodeTime / video.track.timescale) * 1000 }] : [];
}

/** A box in front. SegmentWriter fills it in. */
function roomForTime(): Buffer {
  const room = Buffer.alloc(PRFT_BYTES);
  room.writeUInt32BE(PRFT_BYTES, 0);
  room.write('prft', 4, 'latin1');
  return room;
}
