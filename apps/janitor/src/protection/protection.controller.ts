import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { readProtectRequest, readUnprotectRequest, SUBJECTS, type Protection } from '@vr/contracts';
import { Messages, Neighbours, type MessageContext } from '@vr/messaging';
import { Executor } from '../retention/executor';
import { Protections } from './protections';

@Controller()
export class ProtectionController {
  constructor(
    @Inject(Protections) private readonly protections: Protections,
    @Inject(Executor) private readonly executor: Executor,
    @Inject(Neighbours) neighbours: Neighbours,
  ) {
    neighbours.tellOwn((id) => this.protections.owns(id));
  }

  /** The reply promises that nothing of this range is deleted from now on. */
  @Messages(SUBJECTS.recordProtect)
  async protect(
    @Payload() payload: unknown,
    @Ctx() { arrival }: MessageContext,
  ): Promise<Protection & { timestamp_assumed?: true }> {
    const request = readProtectRequest(payload, arrival.atMs);
    const held = await this.protections.protect(request);
    await this.executor.boundary();
    return { ...held, ...(request.timestampAssumed && { timestamp_assumed: true }) };
  }

  @Messages(SUBJECTS.recordUnprotect)
  async unprotect(
    @Payload() payload: unknown,
    @Ctx() { arrival }: MessageContext,
  ): Promise<Protection & { removed: true }> {
    return { ...(await this.protections.unprotect(readUnprotectRequest(payload, arrival.atMs))), removed: true };
  }
}
