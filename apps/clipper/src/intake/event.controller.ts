import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { clipConsumerName, EVENT_STREAM, SUBJECTS } from '@vr/contracts';
import { DurableEvents, type MessageContext } from '@vr/messaging';
import type { ClipperConfig } from '../config';
import { IntakeService } from './intake-service';

@Controller()
export class EventController {
  constructor(@Inject(IntakeService) private readonly intake: IntakeService) {}

  /** The event is acknowledged when this resolves: by then the clip's job is on disk and in Redis. */
  @DurableEvents(SUBJECTS.event, {
    stream: EVENT_STREAM,
    consumer: (config: ClipperConfig) => clipConsumerName(config.NODE_ID),
  })
  async event(@Payload() payload: unknown, @Ctx() context: MessageContext): Promise<void> {
    await this.intake.acceptEvent(context, payload);
  }
}
