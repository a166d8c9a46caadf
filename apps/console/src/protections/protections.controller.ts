import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { Clock } from '@vr/base';
import {
  ContractError,
  readProtectRequest,
  readUnprotectRequest,
  SUBJECTS,
  type ProtectionsAnswer,
} from '@vr/contracts';
import { readBudgets } from '@vr/retention';
import { CLOCK, CONFIG } from '@vr/service';
import type { Request } from 'express';
import { principalOf } from '../access/principal';
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
  async list(@Query() query: unknown, @Req() request: Request): Promise<ProtectionsAnswer> {
    const { cameraId } = readListQuery(query, this.clock.nowMs());
    const [protections, budgets] = await Promise.all([
      this.held.list({ cameraId }),
      readBudgets(this.config.RECORDINGS_DIR),
    ]);
    const principal = principalOf(request);
    return {
      protections: protections.filter(({ camera_id: camera }) => principal.sees(camera)),
      // It is of all cameras together.
      share: principal.role === 'admin' ? budgets?.protections : undefined,
    };
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
  async unprotect(@Param('id') id: string, @Body() body: unknown, @Req() asked: Request): Promise<unknown> {
    const { by, reason } = fieldsOf(body);
    const request = readUnprotectRequest({ protection_id: id, by, reason }, this.clock.nowMs());
    await this.checkSeen(asked, request.protectionId);
    const said = { protection_id: request.protectionId, by: request.by ?? BY };
    return this.workers.ask(
      SUBJECTS.recordUnprotect,
      request.reason === undefined ? said : { ...said, reason: request.reason },
    );
  }

  /** The janitor takes any id from us, so that an admin may lift what cannot be read here. */
  private async checkSeen(request: Request, id: string): Promise<void> {
    const { role, sees } = principalOf(request);
    if (role === 'admin') return;
    const held = await this.held.list();
    if (held.some(({ protection_id: known, camera_id: camera }) => known === id && sees(camera))) return;
    throw new ContractError('not_found', 'there is no such protection, or not any more');
  }
}
