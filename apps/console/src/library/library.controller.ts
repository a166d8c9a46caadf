import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { CLOCK } from '@vr/service';
import { readListQuery } from '../http/query';
import { StoredClips, type ClipView } from './stored-clips';
import { StoredSnapshots, type SnapshotView } from './stored-snapshots';

/** `?limit=20&camera=cam_1&before=<instant>`: the newest come first, and `before` goes further back. */
@Controller('api')
export class LibraryController {
  constructor(
    @Inject(StoredClips) private readonly storedClips: StoredClips,
    @Inject(StoredSnapshots) private readonly storedSnapshots: StoredSnapshots,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get('clips')
  async clips(@Query() query: unknown): Promise<{ clips: ClipView[] }> {
    return { clips: await this.storedClips.newest(readListQuery(query, this.clock.nowMs())) };
  }

  @Get('snapshots')
  async snapshots(@Query() query: unknown): Promise<{ snapshots: SnapshotView[] }> {
    return { snapshots: await this.storedSnapshots.newest(readListQuery(query, this.clock.nowMs())) };
  }
}
