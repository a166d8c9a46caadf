// What a file really holds, from the SEI messages that the camera simulator puts into every access unit. Nothing is
// decoded, so it holds for every recording made by stream copy, whole or not yet finished.
import { runToEnd } from './run';

export interface TruthSample {
  /** the instant that the picture shows, to the millisecond */
  wallMs: number;
  /** since the epoch, at CAMERA_FPS: one more each picture */
  frame: number;
  camera: number;
}

const UUID = Buffer.from('4e56522d54455354a5a5a5a54e565221', 'hex');
const TEXT = /^wall=(\d+) n=(\d+) cam=(\d+)/;

/** @param file path or URL of anything that ffmpeg reads */
export async function readTruth(file: string): Promise<TruthSample[]> {
  const codec = (
    await runToEnd('ffprobe', [
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=codec_name',
      '-of',
      'csv=p=0',
      file,
    ])
  ).stdout
    .toString()
    .trim();
  // An edit list hides samples from players; they are in the file all the same.
  const input = /\.(mp4|m4s|mov)$/.test(file) ? ['-ignore_editlist', '1'] : [];
  const { stdout } = await runToEnd('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    ...input,
    '-i',
    file,
    '-map',
    '0:v:0',
    '-c',
    'copy',
    '-f',
    codec.startsWith('hevc') ? 'hevc' : 'h264',
    'pipe:1',
  ]);
  return parseTruth(stdout);
}

/** From an Annex B byte stream. */
export function parseTruth(stream: Uint8Array): TruthSample[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const samples: TruthSample[] = [];
  for (let at = bytes.indexOf(UUID); at >= 0; at = bytes.indexOf(UUID, at + 1)) {
    const payloadSize = bytes[at - 1] ?? 0; // the byte before the payload, and the UUID is the payload's beginning
    const [, wallMs, frame, camera] =
      TEXT.exec(bytes.subarray(at + UUID.length, at + payloadSize).toString('latin1')) ?? [];
    if (wallMs !== undefined) samples.push({ wallMs: Number(wallMs), frame: Number(frame), camera: Number(camera) });
  }
  return samples;
}

/** Where the next picture is not the next one: missing frames (or repeated ones, where `missing` is below 0). */
export function jumpsIn(truth: TruthSample[]): { afterMs: number; missing: number }[] {
  return truth.flatMap((sample, i) => {
    const previous = truth[i - 1];
    const missing = previous ? sample.frame - previous.frame - 1 : 0;
    return previous && missing !== 0 ? [{ afterMs: previous.wallMs, missing }] : [];
  });
}
