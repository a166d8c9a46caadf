import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { EVENT_STREAM, snapshotConsumerName, SUBJECTS, type SnapshotReady } from '@vr/contracts';
import { DurableEvents, Messages, type MessageContext } from '@vr/messaging';
import type { SnapshotterConfig } from '../config';
import { SnapshotIntake } from './snapshot-intake';

@Controller()
export class SnapshotController {
  constructor(@Inject(SnapshotIntake) private readonly intake: SnapshotIntake) {}

  @Messages(SUBJECTS.recordSnapshot)
  snapshot(@Payload() payload: unknown, @Ctx() { arrival }: MessageContext): Promise<SnapshotReady> {
    return this.intake.request(payload, arrival);
  }

  /**
   * The event is acknowledged when this resolves: by then the snapshot is claimed on disk. The consumer is its own,
   * because the clipper's may be far behind, or down.
   */
  @DurableEvents(SUBJECTS.event, {
    stream: EVENT_STREAM,
    consumer: (config: SnapshotterConfig) => snapshotConsumerName(config.NODE_ID),
  })
  async event(@Payload() payload: unknown, @Ctx() context: MessageContext): Promise<void> {
    await this.intake.acceptEvent(context, payload);
  }
}
