import { Inject, Injectable } from '@nestjs/common';
import type { CameraConfig, Clock, Encoder } from '@vr/contracts';
import { cameraAnswers, copiesBeforeKeyFrame, detectFfmpeg, probeSound, recordArguments, spawnRecording, type FfmpegFeatures } from '@vr/media';
import { CLOCK, CONFIG, createLogger, LOGGER, Registry, systemClock, type Logger } from '@vr/service';
import { ENCODER_DEFAULTS, type EncoderSettings } from '../config';
import type { CameraSource, SourceProcess } from './camera-source';
import { CameraEncoders } from './camera-source-encoders';
import { EncodingProcess, type EncodingAttempt } from './camera-source-encoding';

/** Cameras by way of ffmpeg. Without arguments: copied where a camera's own entry does not say otherwise. */
@Injectable()
export class FfmpegCameraSource implements CameraSource {
  private features: Promise<FfmpegFeatures> | undefined;
  private readonly encoders: CameraEncoders;

  constructor(
    @Inject(CONFIG) defaults: EncoderSettings = ENCODER_DEFAULTS,
    @Inject(LOGGER) logger: Pick<Logger, 'info' | 'warn'> = createLogger('recorder', 'warn'),
    @Inject(Registry) registry: Registry = new Registry(),
    @Inject(CLOCK) clock: Clock = systemClock,
  ) {
    this.encoders = new CameraEncoders({ defaults, logger, registry, clock });
  }

  async open(camera: CameraConfig): Promise<SourceProcess> {
    const first = await this.attempt(camera);
    return first.encoder === 'copy' ? first.process : new EncodingProcess(first, () => this.attempt(camera));
  }

  answers(camera: CameraConfig): Promise<boolean> {
    return cameraAnswers(camera.url);
  }

  private async attempt(camera: CameraConfig): Promise<EncodingAttempt & { encoder: Encoder | 'copy' }> {
    this.features ??= detectFfmpeg();
    const features = await this.features;
    const [encoding, sound] = await Promise.all([this.encoders.choose(camera), camera.audio === 'on' ? probeSound(camera, features) : undefined]);
    const encoder = encoding?.encoder ?? 'copy';
    return {
      encoder,
      process: { ...(await spawnRecording(recordArguments(camera, features, { encoding, sound }))), waitsForKeyFrame: !copiesBeforeKeyFrame(features) },
      failed: (words, brought) => encoder !== 'copy' && this.encoders.failed(camera.id, encoder, words, brought),
    };
  }
}
