import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { protectRequest, readPayload, SUBJECTS, unprotectRequest, type Protection } from '@vr/contracts';
import { Messages } from '@vr/messaging';
import { Executor } from '../retention/executor.adapter';
import { Protections } from './protections.service';

@Controller()
export class ProtectionController {
  constructor(
    @Inject(Protections) private readonly protections: Protections,
    @Inject(Executor) private readonly executor: Executor,
  ) {}

  /** The reply means: from now on nothing of this range is deleted. */
  @Messages(SUBJECTS.recordProtect)
  async protect(@Payload() payload: unknown): Promise<Protection> {
    const held = await this.protections.protect(readPayload(protectRequest, payload));
    await this.executor.boundary();
    return held;
  }

  @Messages(SUBJECTS.recordUnprotect)
  async unprotect(@Payload() payload: unknown): Promise<Protection & { removed: true }> {
    return { ...(await this.protections.unprotect(readPayload(unprotectRequest, payload))), removed: true };
  }
}
