import { Injectable } from '@nestjs/common';
import type { CameraConfig } from '@vr/contracts';
import { cameraAnswers, detectFfmpeg, recordArguments, spawnRecording, type FfmpegFeatures } from '@vr/media';
import type { CameraSource, SourceProcess } from './camera-source';

/** Cameras by way of ffmpeg. */
@Injectable()
export class FfmpegCameraSource implements CameraSource {
  private features: Promise<FfmpegFeatures> | undefined;

  async open(camera: CameraConfig): Promise<SourceProcess> {
    this.features ??= detectFfmpeg();
    return spawnRecording(recordArguments(camera, await this.features));
  }

  answers(camera: CameraConfig): Promise<boolean> {
    return cameraAnswers(camera.url);
  }
}
