import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { readClipRequest, readSnapshotRequest, SUBJECTS } from '@vr/contracts';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import { fieldsOf } from '../http/body';
import { WorkerRequests } from './worker-requests';

const REASON = 'console';

/** What people ask for by hand; the answer is the worker's own (contract: `record.snapshot`, `record.clip`). */
@Controller('api/cameras')
export class RequestsController {
  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(WorkerRequests) private readonly workers: WorkerRequests,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Post(':id/snapshot')
  @HttpCode(200)
  async snapshot(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { timestamp, request_id, reason = REASON } = fieldsOf(body);
    const { cameraId, requestId, ...request } = readSnapshotRequest(
      { camera_id: id, timestamp, reason, request_id },
      this.clock.nowMs(),
    );
    const camera = knownCamera(this.roster, cameraId);
    // The instant as it came: the worker reads it as we did, and says where it assumed a zone.
    return this.workers.ask(SUBJECTS.recordSnapshot, {
      camera_id: camera.id,
      reason: request.reason,
      request_id: requestId,
      ...(request.timestampMs !== undefined && { timestamp }),
    });
  }

  @Post(':id/clip')
  @HttpCode(202)
  async clip(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const { start, end, request_id, reason = REASON } = fieldsOf(body);
    const request = readClipRequest({ camera_id: id, start, end, reason, request_id }, this.clock.nowMs());
    const camera = knownCamera(this.roster, request.cameraId);
    return this.workers.ask(SUBJECTS.recordClip, {
      camera_id: camera.id,
      start,
      end,
      reason: request.reason ?? REASON,
      request_id: request.requestId,
    });
  }
}
