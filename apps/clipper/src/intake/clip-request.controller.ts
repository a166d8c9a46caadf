import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { SUBJECTS, type ClipQueued } from '@vr/contracts';
import { Messages } from '@vr/messaging';
import { IntakeService } from './intake.service';

@Controller()
export class ClipRequestController {
  constructor(@Inject(IntakeService) private readonly intake: IntakeService) {}

  /** The reply comes at once, long before the clip: `clip.ready` or `clip.failed` follow. */
  @Messages(SUBJECTS.recordClip)
  async request(@Payload() payload: unknown): Promise<ClipQueued> {
    return this.intake.acceptRequest(payload);
  }
}
