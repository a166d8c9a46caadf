/** Gives each camera the source that its entry or SOURCE names. */
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import type { GapReason, RecordedStream } from '@vr/contracts';
import { cameraAnswers } from '@vr/media';
import { ReadingTurns } from '@vr/rtsp';
import { CLOCK, CONFIG } from '@vr/service';
import type { RecorderConfig } from '../config';
import type { BlockPool } from '../footage/block-pool';
import { NativeRun } from '../native/native-run';
import type { CameraSource, SourceRun } from './camera-source';
import { FfmpegCameraSource } from './ffmpeg-camera-source';
import { FfmpegRun } from './ffmpeg-run';
import { SourceChoice } from './source-choice';

@Injectable()
export class ChosenCameraSource implements CameraSource {
  private readonly choice: SourceChoice;
  /** All cameras of the native source are read together. */
  private readonly turns: ReadingTurns;

  constructor(
    @Inject(FfmpegCameraSource) private readonly ffmpeg: FfmpegCameraSource,
    @Inject(CONFIG) defaults: Pick<RecorderConfig, 'SOURCE' | 'ENCODER'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.choice = new SourceChoice(defaults, clock);
    this.turns = new ReadingTurns(clock);
  }

  async open(camera: RecordedStream, pool: BlockPool): Promise<SourceRun> {
    const { clock, turns } = this;
    if (this.choice.of(camera) === 'native') return new NativeRun(camera, { pool, clock, turns });
    return new FfmpegRun(await this.ffmpeg.open(camera), pool);
  }

  ended(camera: RecordedStream, reason: GapReason): string | undefined {
    return this.choice.ended(camera, reason);
  }

  answers(camera: RecordedStream): Promise<boolean> {
    return cameraAnswers(camera.url);
  }
}
