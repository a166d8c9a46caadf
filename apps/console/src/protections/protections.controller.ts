import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { cameraId, readPayload, shortText, SUBJECTS, timestampMs, toSeconds, unprotectRequest, type Protection } from '@vr/contracts';
import { z } from 'zod';
import { ProtectionShelf } from '../library/protection-shelf.adapter';
import { WorkerRequests } from '../requests/worker-requests.adapter';

const listQuery = z.object({ camera: cameraId.optional() });
const protectBody = z
  .object({ start: timestampMs, end: timestampMs, reason: shortText, expires: timestampMs.optional(), by: shortText.default('console') })
  .refine(({ start, end }) => end > start, { path: ['end'], message: 'wanted an end after the start' });
const unprotectBody = unprotectRequest.pick({ by: true, reason: true });

/** Holds on footage: shown from the disk, made and lifted by the janitor (contract: `record.protect`, `record.unprotect`). */
@Controller('api')
export class ProtectionsController {
  constructor(
    @Inject(ProtectionShelf) private readonly shelf: ProtectionShelf,
    @Inject(WorkerRequests) private readonly workers: WorkerRequests,
  ) {}

  @Get('protections')
  async list(@Query() query: unknown): Promise<{ protections: Protection[] }> {
    const { camera } = readPayload(listQuery, query);
    return { protections: await this.shelf.list({ cameraId: camera }) };
  }

  /** Also for a camera that is configured no more: its footage may be there. The janitor knows. */
  @Post('cameras/:id/protect')
  @HttpCode(200)
  async protect(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { start, end, reason, expires, by } = readPayload(protectBody, body ?? {});
    const request = { camera_id: id, start: toSeconds(start), end: toSeconds(end), reason, by };
    return this.workers.ask(SUBJECTS.recordProtect, expires === undefined ? request : { ...request, expires: toSeconds(expires) });
  }

  @Post('protections/:id/unprotect')
  @HttpCode(200)
  async unprotect(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { by = 'console', reason } = readPayload(unprotectBody, body ?? {});
    return this.workers.ask(SUBJECTS.recordUnprotect, { protection_id: id, by, ...(reason === undefined ? {} : { reason }) });
  }
}
