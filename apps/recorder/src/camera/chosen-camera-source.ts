/** Gives each camera the source that its entry or SOURCE names. */
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import type { RecordedStream } from '@vr/contracts';
import { cameraAnswers } from '@vr/media';
import { CLOCK, CONFIG } from '@vr/service';
import type { RecorderConfig } from '../config';
import type { BlockPool } from '../footage/block-pool';
import { NativeRun } from '../native/native-run';
import type { CameraSource, SourceRun } from './camera-source';
import { FfmpegCameraSource } from './ffmpeg-camera-source';
import { FfmpegRun } from './ffmpeg-run';

@Injectable()
export class ChosenCameraSource implements CameraSource {
  constructor(
    @Inject(FfmpegCameraSource) private readonly ffmpeg: FfmpegCameraSource,
    @Inject(CONFIG) private readonly defaults: Pick<RecorderConfig, 'SOURCE' | 'ENCODER'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async open(camera: RecordedStream, pool: BlockPool): Promise<SourceRun> {
    if (this.isNative(camera)) return new NativeRun(camera, pool, this.clock);
    return new FfmpegRun(await this.ffmpeg.open(camera), pool);
  }

  answers(camera: RecordedStream): Promise<boolean> {
    return cameraAnswers(camera.url);
  }

  /** The native source copies pictures. What is to be encoded, and sound, needs ffmpeg. */
  private isNative({ source, encoder, audio }: RecordedStream): boolean {
    const copies = (encoder ?? this.defaults.ENCODER) === 'copy';
    return (source ?? this.defaults.SOURCE) === 'native' && copies && audio === 'off';
  }
}
