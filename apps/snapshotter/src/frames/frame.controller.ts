import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { SUBJECTS } from '@vr/contracts';
import { Messages, type MessageContext } from '@vr/messaging';
import { CameraRoster } from '../cameras/camera-roster.adapter';
import { FrameCache } from './frame-cache';
import { readFrame } from './read-frame';

@Controller()
export class FrameController {
  constructor(
    @Inject(FrameCache) private readonly cache: FrameCache,
    @Inject(CameraRoster) private readonly cameras: CameraRoster,
  ) {}

  @Messages(SUBJECTS.cameraFrame, { raw: true })
  async frame(@Payload() payload: unknown, @Ctx() { headers, body }: MessageContext): Promise<void> {
    const frame = readFrame(payload, headers, body);
    // Only cameras of ours: nobody outside chooses how much we keep.
    await this.cameras.get(frame.cameraId);
    this.cache.keep(frame);
  }
}
