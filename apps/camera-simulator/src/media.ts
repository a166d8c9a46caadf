// Makes the pictures and sound that the camera simulator sends, once, in seconds, and keeps them.
//
// Each picture says twice which one it is:
//   - a strip of 64 black and white cells along its top, which survives re-encoding (libs/testing/src/pictures.ts reads
//     it): 1010 | camera: 8 bits | frame: 26 bits | the frame's complement: 26 bits. The frame counts from the loop's
//     beginning.
//   - a clock for people. The camera plays frame floor(epoch seconds * FPS) mod LOOP_FRAMES, so the clock shows UTC
//     modulo the loop.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

export const FPS = 25;
const LOOP_SECONDS = 60;
export const LOOP_FRAMES = FPS * LOOP_SECONDS;
/** Eight bits in the picture would hold more; one process of cameras would not. */
const MOST_CAMERAS = 64;
/** 16 s of sound at 16 kHz are exactly 250 AAC frames: the simulator loops them without a click. */
const AUDIO_SECONDS = 16;
/** A new number makes everybody's kept media stale. */
const VERSION = 2;

export type Audio = 'none' | 'pcma' | 'pcmu' | 'l16' | 'g726' | 'aac';
type Codec = 'h264' | 'h265' | 'mjpeg' | 'vp8';

export interface MediaOptions {
  folder: string;
  /** numbers from 1 to 64 */
  cameras?: readonly number[];
  codec?: Codec;
  audio?: Audio;
  /** at most LOOP_SECONDS, and a whole part of it */
  gopSeconds?: number;
  bFrames?: number;
  /** 'WIDTHxHEIGHT' */
  size?: string;
}

/**
 * The folder with `camN.h264` (or another codec's name) for every camera and `beep.KIND`, made where missing.
 * Several processes may ask for the same at once: files appear whole (written aside, then renamed).
 */
export async function ensureMedia({
  folder,
  cameras = [1],
  codec = 'h264',
  audio = 'none',
  gopSeconds = 1,
  bFrames = 0,
  size = '640x360',
}: MediaOptions): Promise<string> {
  const pattern = `gop${gopSeconds}s${bFrames > 0 ? `-b${bFrames}` : ''}`;
  const target = join(folder, `v${VERSION}-${size}-${FPS}fps-${pattern}`);
  await mkdir(target, { recursive: true });
  for (const camera of cameras) {
    if (!Number.isInteger(camera) || camera < 1 || camera > MOST_CAMERAS)
      throw new Error(`camera numbers are 1 to ${MOST_CAMERAS}, got ${camera}`);
    await make(join(target, `cam${camera}.${codec}`), videoArguments({ camera, codec, gopSeconds, bFrames, size }));
  }
  if (audio !== 'none') await make(join(target, `beep.${audio}`), audioArguments(audio));
  return target;
}

async function make(path: string, ffmpegArguments: readonly string[]): Promise<void> {
  if (
    await stat(path).then(
      (s) => s.size > 0,
      () => false,
    )
  )
    return;
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await ffmpeg([...ffmpegArguments, aside]);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}

function videoArguments({
  camera,
  codec,
  gopSeconds,
  bFrames,
  size,
}: {
  camera: number;
  codec: Codec;
  gopSeconds: number;
  bFrames: number;
  size: string;
}): string[] {
  const [width = 0, height = 0] = size.split('x').map(Number);
  const gop = Math.round(gopSeconds * FPS);
  const bitrate = `${Math.round((width * height * 2) / 1000)}k`;
  return ['-f', 'lavfi', '-i', picture({ camera, width, height }), ...encoders[codec]({ gop, bitrate, bFrames })];
}

interface Encoding {
  /** pictures */
  gop: number;
  bitrate: string;
  bFrames: number;
}

const encoders: Record<Codec, (encoding: Encoding) => string[]> = {
  // A fixed pattern of B-frames: the simulator tells from it when each picture is shown (media_files.py).
  // Without the encoder's own SEI (type 6): the simulator puts its own into every access unit.
  h264: ({ gop, bitrate, bFrames }) => [
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-profile:v',
      'main',
      '-bf',
      `${bFrames}`,
      '-g',
      `${gop}`,
      '-keyint_min',
      `${gop}`,
      '-sc_threshold',
      '0',
    ],
    ...['-b:v', bitrate, '-maxrate', bitrate, '-bufsize', bitrate],
    ...[
      '-x264-params',
      'aud=1:repeat-headers=1:b-adapt=0:b-pyramid=none',
      '-bsf:v',
      'filter_units=remove_types=6',
      '-f',
      'h264',
    ],
  ],
  h265: ({ gop, bitrate, bFrames }) => [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-bf', `${bFrames}`, '-g', `${gop}`, '-b:v', bitrate],
    ...[
      '-x265-params',
      `log-level=none:aud=1:repeat-headers=1:bframes=${bFrames}:b-adapt=0:b-pyramid=0:keyint=${gop}:` +
        `min-keyint=${gop}:scenecut=0:open-gop=0:info=0`,
      '-f',
      'hevc',
    ],
  ],
  // For faultcam.py, which needs the standard Huffman tables (RFC 2435 does not send any).
  mjpeg: () => ['-t', '4', '-c:v', 'mjpeg', '-q:v', '6', '-huffman', 'default', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg'],
  vp8: ({ gop, bitrate }) => [
    ...[
      '-t',
      '4',
      '-c:v',
      'libvpx',
      '-deadline',
      'realtime',
      '-cpu-used',
      '8',
      '-g',
      `${gop}`,
      '-b:v',
      bitrate,
      '-f',
      'ivf',
    ],
  ],
};

/** The filters that draw a camera's pictures. */
function picture({ camera, width, height }: { camera: number; width: number; height: number }): string {
  const stripHeight = Math.floor(height / 27 / 2) * 2;
  const bit = (value: number | string, lowest: number): string => `mod(floor(${value}/pow(2,${lowest}-X)),2)`;
  const frameAndComplement = `if(lt(X,38),${bit('N', 37)},1-${bit('N', 63)})`;
  const cell = `235*if(lt(X,4),mod(X+1,2),if(lt(X,12),${bit(camera, 11)},${frameAndComplement}))`;
  const source = `s=${width}x${height}:r=${FPS}:d=${LOOP_SECONDS}`;
  const text = `text='CAM${camera} %{pts\\:hms} F%{eif\\:n\\:d\\:6}'`;
  const look = `fontsize=${Math.round(height / 14)}:fontcolor=white:box=1:boxcolor=black:x=(w-tw)/2:y=h*0.75`;
  const clock = `drawtext=${fontFile()}${look}:${text}`;
  return [
    `testsrc2=${source},hue=h=${camera * 80},noise=alls=6:allf=t,${clock}[scene]`,
    `color=black:s=64x1:r=${FPS}:d=${LOOP_SECONDS},format=gray,geq=lum='${cell}',` +
      `scale=${width}:${stripHeight}:flags=neighbor,format=yuv420p[strip]`,
    '[scene][strip]overlay=0:0:format=yuv420,format=yuv420p',
  ].join(';');
}

function fontFile(): string {
  const known = [
    '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf',
    '/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf',
    '/System/Library/Fonts/Menlo.ttc',
  ];
  const found = known.find((path) => existsSync(path));
  return found ? `fontfile=${found}:` : ''; // without: ffmpeg asks fontconfig
}

/** A beep of 100 ms at the beginning of every second. */
function audioArguments(audio: Exclude<Audio, 'none'>): string[] {
  const rate = audio === 'aac' ? 16000 : 8000;
  const seconds = audio === 'aac' ? AUDIO_SECONDS + 2 : AUDIO_SECONDS;
  const beep = `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=${rate}:d=${seconds}`;
  const encoder = {
    pcma: ['-c:a', 'pcm_alaw', '-f', 'alaw'],
    pcmu: ['-c:a', 'pcm_mulaw', '-f', 'mulaw'],
    l16: ['-c:a', 'pcm_s16be', '-f', 's16be'],
    g726: ['-c:a', 'g726', '-b:a', '32k', '-f', 'g726'],
    aac: ['-c:a', 'aac', '-b:a', '32k', '-f', 'adts'],
  }[audio];
  return ['-f', 'lavfi', '-i', beep, ...encoder];
}

function ffmpeg(ffmpegArguments: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...ffmpegArguments], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`ffmpeg could not make the camera's media (exit ${code ?? '?'}): ${stderr.trim()}`)),
    );
  });
}
