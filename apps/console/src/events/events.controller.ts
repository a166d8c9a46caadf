import { Controller, Get, Inject, NotFoundException, Param, Query, Req, Res } from '@nestjs/common';
import { isNoFile } from '@vr/footage';
import { openPlainFile, type Clock } from '@vr/base';
import { clipId, clipIdParts, eventsQuery, payloadReader, type EventsAnswer } from '@vr/contracts';
import { ClipFolder } from '@vr/library';
import { CLOCK } from '@vr/service';
import type { Request, Response } from 'express';
import { principalOf } from '../access/principal';
import { ViewingAudit } from '../audit/viewing-audit';
import { sendBytes } from '../http/send';
import { StoredEvents, type WantedEvents } from './stored-events';

const NO_PICTURE = 'there is no picture of such an event here: `thumbnail_path` says where it is once there is one';

const readEventsQuery = payloadReader(
  eventsQuery,
  ({ limit, camera, before, type, start, end }, message): WantedEvents => ({
    limit,
    cameraId: camera,
    beforeMs: earlier(message.msIfThere(before), message.msIfThere(end)),
    sinceMs: message.msIfThere(start),
    types: type === undefined ? undefined : new Set(type.split(',').map((one) => one.trim())),
  }),
);

@Controller('api/events')
export class EventsController {
  constructor(
    @Inject(StoredEvents) private readonly events: StoredEvents,
    @Inject(ClipFolder) private readonly folder: Pick<ClipFolder, 'path'>,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get()
  list(@Query() query: unknown, @Req() request: Request): Promise<EventsAnswer> {
    const { sees } = principalOf(request);
    return this.events.newest({ ...readEventsQuery(query, this.clock.nowMs()), sees });
  }

  /** The picture of an event whose clip is not in the store yet. */
  @Get(':id/picture.jpg')
  async picture(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const named = clipId.safeParse(id);
    if (!named.success) throw new NotFoundException(NO_PICTURE);
    const file = await openPlainFile(await this.folder.path({ clipId: named.data }, 'jpg')).catch((error: unknown) => {
      if (isNoFile(error)) throw new NotFoundException(NO_PICTURE);
      throw error;
    });
    try {
      const { size, mtimeMs } = await file.stat();
      const { cameraId, startMs } = clipIdParts(named.data);
      await this.audit.viewed(request, {
        what: `picture of ${named.data}`,
        kind: 'picture',
        camera_id: cameraId,
        start: startMs / 1000,
        end: startMs / 1000,
      });
      await sendBytes(request, response, {
        sizeBytes: size,
        contentType: 'image/jpeg',
        lastModifiedMs: mtimeMs,
        // It is made again where the clip shows the moment better.
        cacheControl: 'private, no-cache',
        read: (range) => file.createReadStream({ ...range, autoClose: false }),
      });
    } finally {
      await file.close();
    }
  }
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
