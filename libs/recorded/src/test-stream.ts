import { SegmentWriter, type StampedFragment } from '@vr/footage';
import { BoxSplitter, fragmentHeader, parseInitSegment, PRFT_BYTES, type InitSegment } from '@vr/mp4';
import { runToEnd, temporaryFolder } from '@vr/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const FRAMES_PER_SECOND = 10;
const KEY_EVERY_FRAMES = 20;

interface Fragment extends Omit<StampedFragment, 'offsetMs'> {
  /** Of the key frame that its pictures need. */
  groupStartMs: number;
}

/** What a camera sends in some seconds. */
export class TestStream {
  private constructor(
    private readonly init: InitSegment,
    private readonly fragments: readonly Fragment[],
    /** A hash of every picture, in order: what a stream copy of them must decode to, bit by bit. */
    readonly pictures: readonly string[],
    readonly sizeBytes: number,
  ) {}

  /**
   * Of any ffmpeg arguments from the inputs to the encoder's: fragments of a second, in which the pictures are as they
   * come out of it. `atKeys`: each key frame begins a fragment, too.
   */
  static async from(
    args: readonly string[],
    { fragmentMs = 1000, atKeys = true }: { fragmentMs?: number; atKeys?: boolean } = {},
  ): Promise<TestStream> {
    const { stdout } = await runToEnd('ffmpeg', [
      '-v',
      'error',
      ...args,
      '-f',
      'mp4',
      '-movflags',
      `${atKeys ? '+frag_keyframe' : ''}+empty_moov+default_base_moof`,
      '-frag_duration',
      `${fragmentMs * 1000}`,
      'pipe:1',
    ]);
    let init: InitSegment | undefined;
    let ftyp: Buffer = Buffer.alloc(0);
    let moof: Buffer = Buffer.alloc(0);
    const fragments: Fragment[] = [];
    for (const { type, bytes } of new BoxSplitter().push(stdout)) {
      if (type === 'ftyp') ftyp = bytes;
      else if (type === 'moov') init = parseInitSegment(Buffer.concat([ftyp, bytes]));
      else if (type === 'moof') moof = bytes;
      else if (type === 'mdat' && init)
        fragments.push(fragmentOf(Buffer.concat([roomForTime(), moof, bytes]), init, fragments.at(-1)));
    }
    if (!init) throw new Error('ffmpeg wrote no moov');
    const folder = await temporaryFolder();
    const path = join(folder.path, 'stream.mp4');
    await writeFile(path, stdout);
    const pictures = await picturesOf(path);
    await folder.remove();
    return new TestStream(init, fragments, pictures, stdout.length);
  }

  /**
   * A moving test picture, 10 frames a second, 2 s GOPs. `heavy`: as many bytes as lossless noise takes, some 4 MB a
   * second at 640x360.
   */
  static async encode(
    seconds: number,
    size = '320x180',
    heavy = false,
    codec: 'h264' | 'hevc' = 'h264',
  ): Promise<TestStream> {
    const keys = `${KEY_EVERY_FRAMES}`;
    const encoder = {
      h264: ['libx264', '-sc_threshold', '0'],
      hevc: [
        'libx265',
        '-tag:v',
        'hvc1',
        '-x265-params',
        `log-level=none:keyint=${keys}:min-keyint=${keys}:scenecut=0:bframes=0`,
      ],
    };
    return TestStream.from([
      ...[
        '-f',
        'lavfi',
        '-i',
        `testsrc=size=${size}:rate=${FRAMES_PER_SECOND}:duration=${seconds}${heavy ? ',noise=alls=100:allf=t' : ''}`,
      ],
      ...['-c:v', ...encoder[codec], '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', keys, '-bf', '0'],
      ...(heavy ? ['-qp', '0'] : []),
    ]);
  }

  /**
   * Writes the seconds [fromSecond, toSecond) of the stream as one segment, the stream's second 0 being `zeroMs`.
   * Both must lie on key frames, and groups of pictures stay whole: with sound ffmpeg begins them some ms later.
   * An open segment keeps its name: the caller ends it.
   */
  async record(
    recordingsDir: string,
    cameraId: string,
    zeroMs: number,
    fromSecond: number,
    toSecond: number,
    end: 'closed' | 'open' = 'closed',
  ): Promise<SegmentWriter> {
    const writer = await SegmentWriter.open(recordingsDir, cameraId, this.init, zeroMs + fromSecond * 1000);
    await this.append(writer, zeroMs, fromSecond, toSecond);
    if (end === 'closed') await writer.close();
    return writer;
  }

  async append(writer: SegmentWriter, zeroMs: number, fromSecond: number, toSecond: number): Promise<void> {
    for (const { bytes, tracks, video, groupStartMs } of this.fragments) {
      if (groupStartMs < fromSecond * 1000 || groupStartMs >= toSecond * 1000) continue;
      await writer.append({ bytes: Buffer.from(bytes), tracks, video, offsetMs: zeroMs });
    }
  }
}

/** A hash of every picture that a player shows of a file, in order. */
export async function picturesOf(path: string): Promise<string[]> {
  const { stdout } = await runToEnd('ffmpeg', [
    '-v',
    'error',
    '-i',
    path,
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
    '-f',
    'framemd5',
    'pipe:1',
  ]);
  return stdout
    .toString()
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.slice(line.lastIndexOf(',') + 1).trim()]));
}

/** A box in front, which SegmentWriter fills in. */
function roomForTime(): Buffer {
  const room = Buffer.alloc(PRFT_BYTES);
  room.writeUInt32BE(PRFT_BYTES, 0);
  room.write('prft', 4, 'latin1');
  return room;
}

function fragmentOf(bytes: Buffer, init: InitSegment, before: Fragment | undefined): Fragment {
  const tracks = fragmentHeader(bytes, init);
  const video = tracks.find(({ track }) => track.kind === 'video');
  if (!video) throw new Error('a fragment without video');
  const startMs = (video.baseDecodeTime / video.track.timescale) * 1000;
  return { bytes, tracks, video, groupStartMs: video.startsWithKey ? startMs : (before?.groupStartMs ?? startMs) };
}
