import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { readPayload, shortText, SUBJECTS, timestampMs, toSeconds } from '@vr/contracts';
import { CameraRoster, knownCamera } from '@vr/service';
import { z } from 'zod';
import { WorkerRequests } from './worker-requests.adapter';

const REASON = 'console';
const snapshotBody = z.object({ reason: shortText.default(REASON), timestamp: timestampMs.optional() });
const clipBody = z
  .object({ start: timestampMs, end: timestampMs, reason: shortText.default(REASON) })
  .refine(({ start, end }) => end > start, { path: ['end'], message: 'wanted an end after the start' });

/** What people ask for by hand; the answer is the worker's own (contract: `record.snapshot`, `record.clip`). */
@Controller('api/cameras')
export class RequestsController {
  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(WorkerRequests) private readonly workers: WorkerRequests,
  ) {}

  @Post(':id/snapshot')
  @HttpCode(200)
  async snapshot(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { reason, timestamp } = readPayload(snapshotBody, body ?? {});
    const camera = knownCamera(this.roster, id);
    return this.workers.ask(SUBJECTS.recordSnapshot, { camera_id: camera.id, reason, ...(timestamp === undefined ? {} : { timestamp: toSeconds(timestamp) }) });
  }

  @Post(':id/clip')
  @HttpCode(202)
  async clip(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { start, end, reason } = readPayload(clipBody, body ?? {});
    const camera = knownCamera(this.roster, id);
    return this.workers.ask(SUBJECTS.recordClip, { camera_id: camera.id, start: toSeconds(start), end: toSeconds(end), reason });
  }
}
