// How ffmpeg makes baseline JPEGs in full range, as JFIF wants them: colours, sizes, quality.

/** From a camera's colours to JFIF's, at most `widthPx` wide. */
export function jpegFilter(widthPx?: number): string {
  const accurate = 'flags=bicubic+accurate_rnd+full_chroma_int';
  const size = widthPx === undefined ? [] : [`w='min(${widthPx},iw)'`, 'h=-2'];
  // JFIF is BT.601 in full range; cameras send BT.709 in limited range. The way goes through RGB, because ffmpeg 4 and
  // 7 keep the matrix from one YUV to another (5.1 does not).
  return [
    `scale=${accurate}`,
    'format=gbrp',
    `scale=${[accurate, ...size, 'out_color_matrix=bt601', 'out_range=full'].join(':')}`,
    'format=yuvj420p',
  ].join(',');
}

/** The same for a small picture. It is scaled first, so that only the small picture is converted. */
export function smallJpegFilter(widthPx: number): string {
  return [
    `scale=w='min(${widthPx},iw)':h=-2:flags=bicubic`,
    'format=gbrp',
    'scale=out_color_matrix=bt601:out_range=full',
    'format=yuvj420p',
  ].join(',');
}

export function mjpegArguments(quality: number): string[] {
  return ['-c:v', 'mjpeg', '-qmin', '1', '-q:v', String(mjpegScale(quality))];
}

/**
 * Mean of libjpeg's luma table (T.81, table K.1) at 50, over that of the MPEG-1 intra table that ffmpeg scales by 1/8.
 */
const MPEG_PER_LIBJPEG = (57.6 / 28.6) * 8;

/**
 * ffmpeg's -q:v for a libjpeg quality: the largest whose mean quantisation is not coarser. libjpeg scales its table by
 * 200 - 2q percent (5000 / q below 50). So 95 is 1 (2 would be about 94), 90 is 3, 75 is 8.
 */
export function mjpegScale(quality: number): number {
  const percent = quality < 50 ? 5000 / Math.max(1, quality) : 200 - 2 * Math.min(100, quality);
  return Math.min(31, Math.max(1, Math.floor((percent / 100) * MPEG_PER_LIBJPEG)));
}
