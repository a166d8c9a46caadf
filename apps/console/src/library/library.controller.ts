import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { CLOCK } from '@vr/service';
import { readListQuery } from '../http/query';
import { ClipShelf, type ClipView } from './clip-shelf.adapter';
import { SnapshotShelf, type SnapshotView } from './snapshot-shelf.adapter';

/** `?limit=20&camera=cam_1&before=<instant>`: the newest come first, and `before` goes further back. */
@Controller('api')
export class LibraryController {
  constructor(
    @Inject(ClipShelf) private readonly clipShelf: ClipShelf,
    @Inject(SnapshotShelf) private readonly snapshotShelf: SnapshotShelf,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get('clips')
  async clips(@Query() query: unknown): Promise<{ clips: ClipView[] }> {
    return { clips: await this.clipShelf.newest(readListQuery(query, this.clock.nowMs())) };
  }

  @Get('snapshots')
  async snapshots(@Query() query: unknown): Promise<{ snapshots: SnapshotView[] }> {
    return { snapshots: await this.snapshotShelf.newest(readListQuery(query, this.clock.nowMs())) };
  }
}
