// Makes a JPEG of one frame of a stream. The stream is piped in, the JPEG is piped out: one process, no files.
import { execa } from 'execa';
import { ffmpegVersion, pictureTimes } from './features';
import { KILL_AFTER_MS, followStderr } from './ffmpeg';
import { jpegFilter, mjpegArguments, smallJpegFilter } from './jpeg';
import { jpegSize, MOST_PIXELS } from './jpeg-size';
import { MediaError } from './media-error';

const DEADLINE_MS = 20_000;
const QUALITY = 95;

export interface JpegFromStreamOptions {
  /**
   * A fragmented MP4 that begins with its init segment. It is read as far as needed, then ended. An error of its own is
   * what the call rejects with.
   */
  source: AsyncIterable<Uint8Array>;
  /** The wanted frame's own time in the stream: `tfdt` and composition offset, no edit list. */
  mediaSeconds: number;
  /** 1 to 100, as libjpeg counts. Default: 95. */
  quality?: number;
  /** The largest width; the shape stays. Default: full resolution. */
  widthPx?: number;
  signal?: AbortSignal;
}

/** That very frame as a baseline JPEG in full range. Rejects with a MediaError where it cannot be had. */
export async function jpegFromStream(
  options: JpegFromStreamOptions,
): Promise<{ jpeg: Buffer; width: number; height: number }> {
  const { signal } = options;
  if (signal?.aborted) throw new MediaError('cancelled', 'ffmpeg was not started: the work was cancelled');
  const version = await ffmpegVersion();
  const source = new WatchedSource(options.source);
  const child = execa('ffmpeg', jpegStreamArguments(options, version), {
    stdin: source.chunks(),
    encoding: 'buffer',
    stderr: 'pipe',
    buffer: { stdout: true, stderr: false },
    reject: false,
    timeout: DEADLINE_MS,
    forceKillAfterDelay: KILL_AFTER_MS,
    ...(signal && { cancelSignal: signal }),
  });
  const tail = followStderr(child);
  const result = await child;
  if (source.fault) throw source.fault;
  if (result.isCanceled) throw new MediaError('cancelled', 'ffmpeg was stopped: the work was cancelled');
  if (result.timedOut)
    throw new MediaError('late', `ffmpeg was stopped: no picture within ${DEADLINE_MS} ms. ${tail.text()}`.trim());
  if (result.code === 'ENOENT') throw new MediaError('missing', 'ffmpeg is not installed, or not in PATH');
  const jpeg = Buffer.from(result.stdout);
  const size = jpegSize(jpeg);
  // The exit code says nothing: ffmpeg stops reading once it has the picture, and may then complain of the closed pipe.
  if (!size)
    throw new MediaError(
      'failed',
      `ffmpeg wrote no whole JPEG of the frame at ${options.mediaSeconds} s: ${tail.text() || 'it said nothing'}`,
    );
  return { jpeg, ...size };
}

/** @param version of ffmpeg */
export function jpegStreamArguments(
  { mediaSeconds, quality = QUALITY, widthPx }: Pick<JpegFromStreamOptions, 'mediaSeconds' | 'quality' | 'widthPx'>,
  version: string,
): string[] {
  const wanted = Math.max(0, mediaSeconds - 0.0005).toFixed(6);
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning'],
    // The header says all that is needed. Pictures that ffmpeg decodes to guess at more would be decoded twice. Two
    // threads and no more, because each one holds a picture back.
    ...[
      '-analyzeduration',
      '0',
      '-probesize',
      '32',
      '-fpsprobesize',
      '0',
      '-threads',
      '2',
      '-max_pixels',
      String(MOST_PIXELS),
    ],
    ...['-copyts', '-ignore_editlist', '1', '-f', 'mp4', '-i', 'pipe:0', '-map', '0:v:0', '-frames:v', '1'],
    // Frames come out in the order of showing. Those before the wanted one are decoded and dropped.
    ...[
      '-vf',
      `select='gte(t,${wanted})',${widthPx === undefined ? jpegFilter() : smallJpegFilter(widthPx)}`,
      ...pictureTimes('passthrough', version),
    ],
    ...mjpegArguments(quality),
    ...['-f', 'image2pipe', 'pipe:1'],
  ];
}

/** Tells the source's own error from the error of a pipe that ffmpeg closed because it had enough. */
class WatchedSource {
  fault: Error | undefined;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.source;
    } catch (error) {
      this.fault = error instanceof Error ? error : new Error(String(error));
    }
  }
}
