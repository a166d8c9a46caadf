import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { Clock } from '@vr/base';
import type { ClipsAnswer, SnapshotsAnswer } from '@vr/contracts';
import { CLOCK } from '@vr/service';
import type { Request } from 'express';
import { principalOf } from '../access/principal';
import { readListQuery } from '../http/query';
import { StoredClips } from './stored-clips';
import { StoredSnapshots } from './stored-snapshots';

/** `?limit=20&camera=cam_1&before=<instant>`: the newest come first, and `before` goes further back. */
@Controller('api')
export class LibraryController {
  constructor(
    @Inject(StoredClips) private readonly storedClips: StoredClips,
    @Inject(StoredSnapshots) private readonly storedSnapshots: StoredSnapshots,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get('clips')
  async clips(@Query() query: unknown, @Req() request: Request): Promise<ClipsAnswer> {
    const { sees } = principalOf(request);
    return { clips: await this.storedClips.newest({ ...readListQuery(query, this.clock.nowMs()), sees }) };
  }

  @Get('snapshots')
  async snapshots(@Query() query: unknown, @Req() request: Request): Promise<SnapshotsAnswer> {
    const { sees } = principalOf(request);
    return { snapshots: await this.storedSnapshots.newest({ ...readListQuery(query, this.clock.nowMs()), sees }) };
  }
}
