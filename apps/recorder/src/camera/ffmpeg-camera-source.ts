import { Inject, Injectable } from '@nestjs/common';
import { type Clock, systemClock } from '@vr/base';
import type { RecordedStream, Encoder } from '@vr/contracts';
import {
  copiesBeforeKeyFrame,
  detectFfmpeg,
  probeSound,
  recordArguments,
  spawnRecording,
  type CameraSound,
  type FfmpegFeatures,
} from '@vr/media';
import { CLOCK, CONFIG, createLogger, LOGGER, Registry, type Logger } from '@vr/service';
import { ENCODER_DEFAULTS, type EncoderSettings } from '../config';
import type { SourceProcess } from './camera-source';
import { CameraEncoders } from './camera-source-encoders';
import { EncodingProcess, type EncodingAttempt } from './camera-source-encoding';

const SOUND_KNOWN_MS = 60_000;

/** Reads cameras through ffmpeg. Without arguments it copies each camera whose own entry names no encoder. */
@Injectable()
export class FfmpegCameraSource {
  private features: Promise<FfmpegFeatures> | undefined;
  private readonly encoders: CameraEncoders;
  /** The key is the camera's URL. Two entries with one URL may take each other's answer; then an entry asks again. */
  private readonly sounds = new Map<string, { sound: CameraSound; atMs: number }>();

  constructor(
    @Inject(CONFIG) defaults: EncoderSettings = ENCODER_DEFAULTS,
    @Inject(LOGGER) logger: Pick<Logger, 'info' | 'warn'> = createLogger('recorder', 'warn'),
    @Inject(Registry) registry: Registry = new Registry(),
    @Inject(CLOCK) private readonly clock: Clock = systemClock,
  ) {
    this.encoders = new CameraEncoders({ defaults, logger, registry, clock });
  }

  async open(camera: RecordedStream): Promise<SourceProcess> {
    const first = await this.attempt(camera);
    return first.encoder === 'copy' ? first.process : new EncodingProcess(first, () => this.attempt(camera));
  }

  /**
   * Asks the camera in a session of its own, which takes a second or two. The answer also serves the next connection,
   * if that comes soon after.
   */
  private async soundOf(
    camera: RecordedStream,
    features: FfmpegFeatures,
    mendsReports: boolean,
  ): Promise<CameraSound | undefined> {
    if (camera.audio === 'off') return undefined;
    const known = this.sounds.get(camera.url);
    this.sounds.delete(camera.url);
    if (known && this.clock.monotonicMs() - known.atMs < SOUND_KNOWN_MS) return known.sound;
    const sound = await probeSound(camera, features, { mendsReports });
    if (sound?.flows) this.sounds.set(camera.url, { sound, atMs: this.clock.monotonicMs() });
    return sound;
  }

  private async attempt(camera: RecordedStream): Promise<EncodingAttempt & { encoder: Encoder | 'copy' }> {
    this.features ??= detectFfmpeg();
    const features = await this.features;
    const mendsReports = camera.transport === 'tcp';
    const [encoding, sound] = await Promise.all([
      this.encoders.choose(camera),
      this.soundOf(camera, features, mendsReports),
    ]);
    const encoder = encoding?.encoder ?? 'copy';
    return {
      encoder,
      // If the probe did not reach the camera through our relay, ffmpeg asks the camera directly.
      process: {
        ...(await spawnRecording(recordArguments(camera, features, { encoding, sound }), {
          mendsReports: sound !== undefined && mendsReports,
        })),
        waitsForKeyFrame: !copiesBeforeKeyFrame(features),
      },
      failed: (words, brought) => encoder !== 'copy' && this.encoders.failed(camera.id, encoder, words, brought),
    };
  }
}
