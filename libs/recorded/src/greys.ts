import { runToEnd } from '@vr/testing';
import { TestStream } from './test-stream';

/**
 * Records footage whose second n (from `startMs` on) shows the grey `lumaOf(n)`: 25 frames a second, a key frame every
 * 2 s.
 */
export async function recordGreys(
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  seconds: number,
  encoder: string[] = ['-bf', '0'],
): Promise<void> {
  const stream = await TestStream.from([
    ...[
      '-f',
      'lavfi',
      '-i',
      `color=s=320x180:r=25:d=${seconds},format=yuv420p,geq=lum=16+mod(floor(T)\\,10)*20:cb=128:cr=128`,
    ],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '5', '-g', '50', '-sc_threshold', '0', ...encoder],
  ]);
  await stream.record(recordingsDir, cameraId, startMs, 0, seconds);
}

/** The luma of a JPEG that shows second n, full range. */
export function lumaOf(second: number): number {
  return ((second % 10) * 20 * 255) / 219;
}

/** The mean luma of a JPEG. */
export async function lumaOfJpeg(path: string): Promise<number> {
  const { stdout } = await runToEnd('ffprobe', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `movie='${path.replaceAll(':', '\\:')}',signalstats`,
    '-show_entries',
    'frame_tags=lavfi.signalstats.YAVG',
    '-of',
    'csv=p=0',
  ]);
  return Number.parseFloat(stdout.toString());
}

export async function greyJpeg(size: string): Promise<Buffer> {
  const { stdout } = await runToEnd('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `color=gray:s=${size}`,
    '-frames:v',
    '1',
    '-f',
    'image2',
    '-c:v',
    'mjpeg',
    '-pix_fmt',
    'yuvj420p',
    'pipe:1',
  ]);
  return stdout;
}
