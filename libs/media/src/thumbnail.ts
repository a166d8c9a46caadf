import { readFile } from 'node:fs/promises';
import { mjpegScale } from './jpeg';
import { jpegSize } from './jpeg-size';
import { MediaError } from './media-error';
import { runFfmpeg } from './ffmpeg';

const DEADLINE_MS = 30_000;
const QUALITY = 85;

export interface ThumbnailOptions {
  /** A file whose first shown frame is the wanted one. */
  sourcePath: string;
  /** Overwritten; whole only once the promise resolves. */
  targetPath: string;
  /** At most this wide, the shape kept. */
  widthPx: number;
  signal?: AbortSignal;
}

/** The first frame that a player shows of a file, made small, as a baseline JPEG. One process, and no conversion of more than the small picture. */
export async function makeThumbnail({ sourcePath, targetPath, widthPx, signal }: ThumbnailOptions): Promise<void> {
  // Made small first; JFIF's full-range BT.601 by way of RGB, because from one YUV to another ffmpeg 4 and 7 keep the matrix.
  const filter = [`scale=w='min(${widthPx},iw)':h=-2:flags=bicubic`, 'format=gbrp', 'scale=out_color_matrix=bt601:out_range=full', 'format=yuvj420p'];
  const args = [
    ...['-i', sourcePath, '-map', '0:v:0', '-frames:v', '1', '-vf', filter.join(',')],
    ...['-c:v', 'mjpeg', '-qmin', '1', '-q:v', String(mjpegScale(QUALITY)), '-f', 'image2', '-update', '1', '-y', targetPath],
  ];
  await runFfmpeg(args, { deadlineMs: DEADLINE_MS, ...(signal && { signal }) });
  if (!jpegSize(await readFile(targetPath))) throw new MediaError('failed', `ffmpeg wrote no whole JPEG of the first frame of ${sourcePath}`);
}
