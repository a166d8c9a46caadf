import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { SUBJECTS, type ClipQueued } from '@vr/contracts';
import { Messages, type MessageContext } from '@vr/messaging';
import { IntakeService } from './intake-service';

@Controller()
export class ClipRequestController {
  constructor(@Inject(IntakeService) private readonly intake: IntakeService) {}

  /** The reply comes at once; `clip.ready` or `clip.failed` follows much later. */
  @Messages(SUBJECTS.recordClip)
  async request(@Payload() payload: unknown, @Ctx() context: MessageContext): Promise<ClipQueued> {
    return this.intake.acceptRequest(payload, context);
  }

  /** The same by another name. */
  @Messages(SUBJECTS.recordingExport)
  async export(@Payload() payload: unknown, @Ctx() context: MessageContext): Promise<ClipQueued> {
    return this.intake.acceptRequest(payload, context);
  }
}
