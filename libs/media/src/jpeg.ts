import { readFile } from 'node:fs/promises';
import { run, runFfmpeg } from './ffmpeg';
import { jpegSize } from './jpeg-size';
import { MediaError } from './media-error';
import { secondsText } from './seconds-text';

const DEADLINE_MS = 20_000;
const DEFAULT_QUALITY = 95;
/** Frames are listed this far past the wanted moment, because they stand in the order of decoding, not of showing. */
const REORDER_MS = 1000;

export interface ExtractJpegOptions {
  /** A seekable file whose time begins at 0. */
  sourcePath: string;
  /** Overwritten; whole only once the promise resolves. */
  targetPath: string;
  /** The frame on show at this time of the file; the last one where the file ends before. */
  offsetMs: number;
  /** 1 to 100, as libjpeg counts; 95 where not given. */
  quality?: number;
  /** At most this wide, the shape kept; full resolution where not given. */
  widthPx?: number;
  signal?: AbortSignal;
}

/** Writes the frame on show at a moment as a baseline JPEG in full range, as JFIF wants it. `frameMs`: when in the file that frame begins. */
export async function extractJpeg(options: ExtractJpegOptions): Promise<{ width: number; height: number; frameMs: number }> {
  const run = { deadlineMs: DEADLINE_MS, ...(options.signal && { signal: options.signal }) };
  const frameMs = await frameAt(options.sourcePath, options.offsetMs, run);
  await runFfmpeg(jpegArguments(options, frameMs), run);
  const size = jpegSize(await readFile(options.targetPath));
  if (!size) throw new MediaError('failed', `ffmpeg wrote no whole JPEG for the frame at ${frameMs} ms of ${options.sourcePath}`);
  return { ...size, frameMs };
}

/** When the frame on show at a moment begins. ffmpeg itself would take the next one, and none at all after the last. */
async function frameAt(sourcePath: string, offsetMs: number, options: { deadlineMs: number; signal?: AbortSignal }): Promise<number> {
  // Never 0: there ffprobe seeks to the key frame after the start where an edit list hides the one before it.
  const interval = `${secondsText(Math.max(1, offsetMs))}%${secondsText(offsetMs + REORDER_MS)}`;
  const args = ['-v', 'error', '-select_streams', 'v:0', '-read_intervals', interval, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', sourcePath];
  const { stdout } = await run('ffprobe', args, options);
  const frame = frameOnShow(stdout, offsetMs);
  if (frame === undefined) throw new MediaError('failed', `${sourcePath} holds no frame at or before ${offsetMs} ms`);
  return frame;
}

/** From ffprobe's list of frame times: the last one at or before the moment, else the first. */
export function frameOnShow(ptsLines: string, offsetMs: number): number | undefined {
  const times = ptsLines
    .split('\n')
    .map((line) => Number.parseFloat(line) * 1000)
    .filter((ms) => ms >= 0)
    .sort((a, b) => a - b);
  // Half a millisecond, because moments come rounded to the millisecond and frame times do not.
  return times.findLast((ms) => ms <= offsetMs + 0.5) ?? times[0];
}

export function jpegArguments({ sourcePath, targetPath, quality = DEFAULT_QUALITY, widthPx }: ExtractJpegOptions, frameMs: number): string[] {
  // Without -ss for the first frame: ffmpeg seeks at 0 as ffprobe does, see frameAt.
  const seek = frameMs > 1 ? ['-ss', secondsText(frameMs - 0.5)] : [];
  return [
    ...seek,
    ...['-i', sourcePath, '-map', '0:v:0', '-frames:v', '1'],
    ...['-vf', jpegFilter(widthPx)],
    ...mjpegArguments(quality),
    ...['-f', 'image2', '-update', '1', '-y', targetPath],
  ];
}

/** From a camera's colours to JFIF's, at most `widthPx` wide. */
export function jpegFilter(widthPx?: number): string {
  const accurate = 'flags=bicubic+accurate_rnd+full_chroma_int';
  const size = widthPx === undefined ? [] : [`w='min(${widthPx},iw)'`, 'h=-2'];
  // JFIF is BT.601 in full range; cameras send BT.709 in limited range. By way of RGB, because from one YUV to another
  // ffmpeg 4 and 7 keep the matrix (5.1 does not).
  return [`scale=${accurate}`, 'format=gbrp', `scale=${[accurate, ...size, 'out_color_matrix=bt601', 'out_range=full'].join(':')}`, 'format=yuvj420p'].join(',');
}

/** The same for a picture that is made small: first that, so that no more than the small picture is converted. */
export function smallJpegFilter(widthPx: number): string {
  return [`scale=w='min(${widthPx},iw)':h=-2:flags=bicubic`, 'format=gbrp', 'scale=out_color_matrix=bt601:out_range=full', 'format=yuvj420p'].join(',');
}

export function mjpegArguments(quality: number): string[] {
  return ['-c:v', 'mjpeg', '-qmin', '1', '-q:v', String(mjpegScale(quality))];
}

/** Mean of libjpeg's luma table (T.81, table K.1) at 50, over that of the MPEG-1 intra table that ffmpeg scales by 1/8. */
const MPEG_PER_LIBJPEG = (57.6 / 28.6) * 8;

/**
 * ffmpeg's -q:v for a libjpeg quality: the one whose quantisation is on the mean at most as coarse. libjpeg scales its table by
 * 200 - 2q percent (5000 / q below 50). So 95 is 1 (2 would be some 94), 90 is 3, 75 is 8.
 */
export function mjpegScale(quality: number): number {
  const percent = quality < 50 ? 5000 / Math.max(1, quality) : 200 - 2 * Math.min(100, quality);
  return Math.min(31, Math.max(1, Math.floor((percent / 100) * MPEG_PER_LIBJPEG)));
}
