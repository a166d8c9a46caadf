import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { readProtectRequest, readUnprotectRequest, SUBJECTS, type ProtectionsAnswer } from '@vr/contracts';
import { readBudgets } from '@vr/retention';
import { CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { fieldsOf } from '../http/body';
import { readListQuery } from '../http/query';
import { HeldProtections } from '../library/held-protections';
import { WorkerRequests } from '../requests/worker-requests';

const BY = 'console';

/**
 * Protections of footage. They are shown from the disk; the janitor makes and lifts them (contract: `record.protect`,
 * `record.unprotect`).
 */
@Controller('api')
export class ProtectionsController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'RECORDINGS_DIR'>,
    @Inject(HeldProtections) private readonly held: HeldProtections,
    @Inject(WorkerRequests) private readonly workers: WorkerRequests,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get('protections')
  async list(@Query() query: unknown): Promise<ProtectionsAnswer> {
    const { cameraId } = readListQuery(query, this.clock.nowMs());
    const [protections, budgets] = await Promise.all([
      this.held.list({ cameraId }),
      readBudgets(this.config.RECORDINGS_DIR),
    ]);
    return { protections, share: budgets?.protections };
  }

  /** A camera that is no longer configured may have footage to protect, too. The janitor knows. */
  @Post('cameras/:id/protect')
  @HttpCode(200)
  async protect(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { start, end, expires, reason, by } = fieldsOf(body);
    const request = readProtectRequest({ camera_id: id, start, end, reason, expires, by }, this.clock.nowMs());
    const said = { camera_id: request.cameraId, start, end, reason: request.reason, by: request.by ?? BY };
    return this.workers.ask(SUBJECTS.recordProtect, request.expiresMs === undefined ? said : { ...said, expires });
  }

  @Post('protections/:id/unprotect')
  @HttpCode(200)
  async unprotect(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { by, reason } = fieldsOf(body);
    const request = readUnprotectRequest({ protection_id: id, by, reason }, this.clock.nowMs());
    const said = { protection_id: request.protectionId, by: request.by ?? BY };
    return this.workers.ask(
      SUBJECTS.recordUnprotect,
      request.reason === undefined ? said : { ...said, reason: request.reason },
    );
  }
}
