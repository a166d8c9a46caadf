// What a viewer sees: pictures decoded, and the strip along their top read back (apps/camera-simulator draws it).
import { runToEnd } from './run';

export interface Picture {
  ptsSeconds: number;
  /** its place in the camera's loop, see `frameInLoop` */
  frame: number;
  camera: number;
  /** the strip reads true; false: a damaged picture, or none of our camera's */
  ok: boolean;
}

const CELLS = 64;
const WHITE_ABOVE = 117;
/** The strip's height as the camera simulator makes it, without two lines at each edge, which the codec blurs. */
const STRIP = 'crop=iw:max(floor(ih/27/2)*2-4\\,2):0:2,scale=64:1:flags=area,format=gray,showinfo=checksum=0';

/** @param file path or URL of anything that ffmpeg reads, a JPEG too; `inputArguments` come before -i */
export async function readPictures(file: string, inputArguments: string[] = []): Promise<Picture[]> {
  const { stdout, stderr } = await runToEnd('ffmpeg', [
    ...[
      '-hide_banner',
      '-nostats',
      '-nostdin',
      '-loglevel',
      'info',
      ...inputArguments,
      '-i',
      file,
      '-map',
      '0:v:0',
      '-an',
    ],
    ...['-vf', STRIP, ...(await everyPictureOnce()), '-copyts', '-f', 'rawvideo', 'pipe:1'],
  ]);
  const seconds = [...stderr.matchAll(/\bn:\s*\d+ pts:\s*\S+\s+pts_time:(\S+)/g)].map((match) => Number(match[1]));
  return Array.from({ length: Math.floor(stdout.length / CELLS) }, (_, i) => ({
    ptsSeconds: seconds[i] ?? NaN,
    ...readStrip(stdout.subarray(i * CELLS, (i + 1) * CELLS)),
  }));
}

function readStrip(cells: Uint8Array): Omit<Picture, 'ptsSeconds'> {
  const number = (from: number, count: number) =>
    cells.subarray(from, from + count).reduce((sum, cell) => sum * 2 + (cell > WHITE_ABOVE ? 1 : 0), 0);
  const frame = number(12, 26);
  return { frame, camera: number(4, 8), ok: number(0, 4) === 0b1010 && frame + number(38, 26) === 2 ** 26 - 1 };
}

/** ffmpeg 5.1 renamed the option that keeps it from adding or dropping pictures. */
async function everyPictureOnce(): Promise<string[]> {
  const version = /ffmpeg version n?(\d+)\.(\d+)/.exec((await runToEnd('ffmpeg', ['-version'])).stdout.toString());
  const old = version && (Number(version[1]) < 5 || (version[1] === '5' && version[2] === '0'));
  return [old ? '-vsync' : '-fps_mode', 'passthrough'];
}
