import { Controller, Inject } from '@nestjs/common';
import { Payload, Ctx } from '@nestjs/microservices';
import { readDeleteRequest, SUBJECTS } from '@vr/contracts';
import { Messages, type MessageContext } from '@vr/messaging';
import { Removals, type Removed } from './removals';

@Controller()
export class RemovalController {
  constructor(@Inject(Removals) private readonly removals: Removals) {}

  /** The reply says that nothing of it is left. */
  @Messages(SUBJECTS.recordDelete)
  remove(@Payload() payload: unknown, @Ctx() { arrival }: MessageContext): Promise<Removed> {
    return this.removals.remove(readDeleteRequest(payload, arrival.atMs));
  }
}
