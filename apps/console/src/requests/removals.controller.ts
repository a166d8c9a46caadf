import { Controller, Delete, Inject, Param, Query, Req } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { ContractError, deletionQuery, payloadReader, SUBJECTS } from '@vr/contracts';
import { storedPlace, type LibraryKind } from '@vr/library';
import { CLOCK } from '@vr/service';
import type { Request } from 'express';
import { addressOf } from '../access/doorkeeper';
import { WorkerRequests } from './worker-requests';

const readDeletionQuery = payloadReader(deletionQuery, ({ reason }) => ({ reason }));

/** A person deletes a clip or a snapshot. The janitor does it, and knows what is protected (`record.delete`). */
@Controller('api')
export class RemovalsController {
  constructor(
    @Inject(WorkerRequests) private readonly workers: WorkerRequests,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Delete('clips/:id')
  clip(@Param('id') id: string, @Query() query: unknown, @Req() request: Request): Promise<unknown> {
    return this.remove('clip', id, query, request);
  }

  @Delete('snapshots/:id')
  snapshot(@Param('id') id: string, @Query() query: unknown, @Req() request: Request): Promise<unknown> {
    return this.remove('snapshot', id, query, request);
  }

  private async remove(kind: LibraryKind, id: string, query: unknown, request: Request): Promise<unknown> {
    const { reason } = readDeletionQuery(query, this.clock.nowMs());
    const place = storedPlace(kind, id);
    if (!place) throw new ContractError('not_found', `wanted the id of a ${kind}: there is no such one`);
    return this.workers.ask(SUBJECTS.recordDelete, {
      camera_id: place.cameraId,
      [`${kind}_id`]: id,
      by: `console ${addressOf(request)}`,
      ...(reason !== undefined && { reason }),
    });
  }
}
