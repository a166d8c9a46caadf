import { readFile } from 'node:fs/promises';
import type { Encoder } from '@vr/contracts';
import { detectFfmpeg } from '../features';
import { run } from '../ffmpeg';
import { MediaError } from '../media-error';
import { encoderArguments, type Encoding } from './encoder-arguments';
import { explainRefusal } from './encoder-words';

const DEADLINE_MS = 10_000;
/** One second. */
const PICTURES = 25;

/**
 * Finds out whether an encoder works here, by encoding with it. An encoder that ffmpeg lists may lack its driver, its
 * device or its hardware. The first answer holds as long as the process lives.
 */
export class EncoderProbe {
  private readonly answers = new Map<Encoder, Promise<string | undefined>>();

  constructor(private readonly deadlineMs = DEADLINE_MS) {}

  /**
   * Why the encoder does not work, in a sentence. Undefined where it works. Rejects where there is no ffmpeg at all.
   */
  refusal(encoding: Encoding): Promise<string | undefined> {
    const known = this.answers.get(encoding.encoder);
    if (known) return known;
    const answer = this.attempt(encoding);
    this.answers.set(encoding.encoder, answer);
    // A missing ffmpeg is no answer: it may be installed by the next time.
    answer.catch(() => this.answers.delete(encoding.encoder));
    return answer;
  }

  private async attempt(encoding: Encoding): Promise<string | undefined> {
    const { encoder } = encoding;
    const { version } = await detectFfmpeg();
    try {
      const { stdout, stderr } = await run('ffmpeg', probeArguments(encoding, version), {
        deadlineMs: this.deadlineMs,
      });
      return readProbe(encoder, stdout, stderr);
    } catch (error) {
      if (!(error instanceof MediaError) || error.fault === 'missing') throw error;
      if (error.fault === 'late')
        return `${encoder}: it did not encode one second of pictures within ${this.deadlineMs / 1000} s`;
      return explainRefusal(encoder, error.message, await boardName());
    }
  }
}

function probeArguments(encoding: Encoding, version: string): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning'],
    ...['-f', 'lavfi', '-i', `testsrc=s=640x360:r=${PICTURES}`, '-frames:v', String(PICTURES)],
    // MP4 wants the parameter sets in its header, which makes some encoders work differently.
    ...[...encoderArguments(encoding, version), '-flags', '+global_header'],
    // One line for each encoded picture, on stdout as the footage would be.
    ...['-f', 'framecrc', 'pipe:1'],
  ];
}

/**
 * Exit code 0 is not enough: Jetson's libnvmpi was seen to succeed without a single picture. NVIDIA's libraries may
 * also print to stdout.
 */
export function readProbe(encoder: Encoder, stdout: string, stderr = ''): string | undefined {
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const pictures = lines.filter((line) => /^0,\s*-?\d/.test(line)).length;
  if (pictures < lines.length)
    return `${encoder}: its driver prints into ffmpeg's output, which would damage the footage`;
  if (pictures >= PICTURES) return undefined;
  const said = stderr === '' ? '' : ` (${stderr.slice(-200)})`;
  return `${encoder}: only ${pictures} of ${PICTURES} pictures came out of it${said}`;
}

/**
 * "NVIDIA Jetson Orin Nano Developer Kit" and the like; empty where there is no such file, as on a PC and in most
 * containers.
 */
async function boardName(): Promise<string> {
  return readFile('/proc/device-tree/model', 'utf8').catch(() => '');
}
