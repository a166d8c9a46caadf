/**
 * Which source reads a camera: the one that its entry or SOURCE names. For `auto` it is our own RTSP client, until that
 * cannot record the camera; then it is ffmpeg for an hour.
 */
import type { Clock } from '@vr/base';
import type { GapReason, RecordedStream, SourceName } from '@vr/contracts';
import type { RecorderConfig } from '../config';

const INVALID_IN_A_ROW = 3;
const FFMPEG_FOR_MS = 3_600_000;

interface Past {
  /** Runs of the native source, the last ones, that ended because the stream could not be followed. */
  invalidInARow: number;
  ffmpegUntilMs: number;
}

export class SourceChoice {
  /** The key is the camera's URL: another URL may be another camera. */
  private readonly past = new Map<string, Past>();

  constructor(
    private readonly defaults: Pick<RecorderConfig, 'SOURCE' | 'ENCODER'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  of(camera: RecordedStream): SourceName {
    const wanted = camera.source ?? this.defaults.SOURCE;
    if (wanted === 'ffmpeg' || !this.isCopied(camera)) return 'ffmpeg';
    return wanted === 'auto' && this.clock.monotonicMs() < (this.past.get(camera.url)?.ffmpegUntilMs ?? -Infinity)
      ? 'ffmpeg'
      : 'native';
  }

  /** Call it when a run ended. A sentence, if another source reads the camera from now on. */
  ended(camera: RecordedStream, reason: GapReason): string | undefined {
    if ((camera.source ?? this.defaults.SOURCE) !== 'auto' || this.of(camera) === 'ffmpeg') return undefined;
    const past = this.past.get(camera.url) ?? { invalidInARow: 0, ffmpegUntilMs: -Infinity };
    this.past.set(camera.url, past);
    past.invalidInARow = reason === 'stream_invalid' ? past.invalidInARow + 1 : 0;
    if (reason !== 'unsupported_codec' && past.invalidInARow < INVALID_IN_A_ROW) return undefined;
    past.invalidInARow = 0;
    past.ffmpegUntilMs = this.clock.monotonicMs() + FFMPEG_FOR_MS;
    const why =
      reason === 'unsupported_codec'
        ? 'the native source does not know its codec'
        : `the native source could not follow its stream ${INVALID_IN_A_ROW} times in a row`;
    return `${why}: ffmpeg reads the camera; the native source tries again at the first connection in an hour or later`;
  }

  /** The native source copies pictures. What is to be encoded, and sound, needs ffmpeg. */
  private isCopied({ encoder, audio }: RecordedStream): boolean {
    return (encoder ?? this.defaults.ENCODER) === 'copy' && audio === 'off';
  }
}
