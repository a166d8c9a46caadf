// Makes the pictures and sound that the camera simulator sends, once, in seconds, and keeps them.
// Plain ESM without npm packages, because the local stack's demo cameras use it before anything is built.
//
// Each picture tells which one it is, twice:
//   - a strip of 64 black and white cells along its top, which survives re-encoding (src/pictures.ts reads it):
//     1010 | camera: 8 bits | frame: 26 bits | the frame's complement: 26 bits, where frame counts from the loop's
//     beginning;
//   - a clock for people. The camera plays frame floor(epoch seconds * FPS) mod LOOP_FRAMES, so it shows UTC modulo the
//   loop.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

export const FPS = 25;
export const LOOP_SECONDS = 60;
export const LOOP_FRAMES = FPS * LOOP_SECONDS;
/** Eight bits in the picture would hold more; one process of cameras would not. */
const MOST_CAMERAS = 64;
/** 16 s of sound at 16 kHz are exactly 250 AAC frames: the simulator loops them without a click. */
const AUDIO_SECONDS = 16;
/** A new number makes everybody's kept media stale. */
const VERSION = 2;

/**
 * The folder with `camN.h264` (or `.h265`) for every camera and `beep.KIND`, made where missing.
 * Processes may ask for the same at once: files appear whole (written aside, then renamed).
 */
export async function ensureMedia({
  folder,
  cameras = [1],
  codec = 'h264',
  audio = 'none',
  gopSeconds = 1,
  bFrames = 0,
  size = '640x360',
}) {
  const target = join(folder, `v${VERSION}-${size}-${FPS}fps-gop${gopSeconds}s${bFrames ? `-b${bFrames}` : ''}`);
  await mkdir(target, { recursive: true });
  for (const camera of cameras) {
    if (!Number.isInteger(camera) || camera < 1 || camera > MOST_CAMERAS)
      throw new Error(`camera numbers are 1 to ${MOST_CAMERAS}, got ${camera}`);
    await make(join(target, `cam${camera}.${codec}`), videoArguments({ camera, codec, gopSeconds, bFrames, size }));
  }
  if (audio !== 'none') await make(join(target, `beep.${audio}`), audioArguments(audio));
  return target;
}

async function make(path, ffmpegArguments) {
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

function videoArguments({ camera, codec, gopSeconds, bFrames, size }) {
  const [width, height] = size.split('x').map(Number);
  const gop = Math.round(gopSeconds * FPS);
  const bitrate = `${Math.round((width * height * 2) / 1000)}k`;
  return ['-f', 'lavfi', '-i', picture({ camera, width, height }), ...encoders[codec]({ gop, bitrate, bFrames })];
}

const encoders = {
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
      `log-level=none:aud=1:repeat-headers=1:bframes=${bFrames}:b-adapt=0:b-pyramid=0:keyint=${gop}:min-keyint=${gop}:scenecut=0:open-gop=0:info=0`,
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

function picture({ camera, width, height }) {
  const stripHeight = Math.floor(height / 27 / 2) * 2;
  const bit = (value, lowest) => `mod(floor(${value}/pow(2,${lowest}-X)),2)`;
  const cell = `235*if(lt(X,4),mod(X+1,2),if(lt(X,12),${bit(camera, 11)},if(lt(X,38),${bit('N', 37)},1-${bit('N', 63)})))`;
  const source = `s=${width}x${height}:r=${FPS}:d=${LOOP_SECONDS}`;
  const clock = `drawtext=${fontFile()}fontsize=${Math.round(height / 14)}:fontcolor=white:box=1:boxcolor=black:x=(w-tw)/2:y=h*0.75:text='CAM${camera} %{pts\\:hms} F%{eif\\:n\\:d\\:6}'`;
  return [
    `testsrc2=${source},hue=h=${camera * 80},noise=alls=6:allf=t,${clock}[scene]`,
    `color=black:s=64x1:r=${FPS}:d=${LOOP_SECONDS},format=gray,geq=lum='${cell}',scale=${width}:${stripHeight}:flags=neighbor,format=yuv420p[strip]`,
    '[scene][strip]overlay=0:0:format=yuv420,format=yuv420p',
  ].join(';');
}

function fontFile() {
  const known = [
    '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf',
    '/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf',
    '/System/Library/Fonts/Menlo.ttc',
  ];
  const found = known.find((path) => existsSync(path));
  return found ? `fontfile=${found}:` : ''; // without: ffmpeg asks fontconfig
}

/** A beep of 100 ms at the beginning of every second. */
function audioArguments(audio) {
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

function ffmpeg(ffmpegArguments) {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...ffmpegArguments], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`ffmpeg could not make the camera's media (exit ${code}): ${stderr.trim()}`)),
    );
  });
}
