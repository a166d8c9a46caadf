import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { SUBJECTS } from '@vr/contracts';
import { Messages, type MessageContext } from '@vr/messaging';
import { CameraRoster, knownCamera } from '@vr/service';
import { FrameBuffer } from './frame-buffer';
import { readFrame } from './read-frame';

@Controller()
export class FrameController {
  constructor(
    @Inject(FrameBuffer) private readonly buffer: FrameBuffer,
    @Inject(CameraRoster) private readonly cameras: CameraRoster,
  ) {}

  @Messages(SUBJECTS.cameraFrame, { raw: true })
  frame(@Payload() payload: unknown, @Ctx() context: MessageContext): void {
    const frame = readFrame(payload, context);
    // Only cameras of ours, so that nobody outside chooses how much we keep.
    knownCamera(this.cameras, frame.cameraId);
    this.buffer.keep(frame);
  }
}
