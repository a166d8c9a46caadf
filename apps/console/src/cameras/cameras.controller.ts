import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/contracts';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { ViewingAudit } from '../audit/viewing-audit.service';
import { readStillQuery } from '../http/query';
import { CamerasService, type CameraView } from './cameras.service';
import { StillService } from './still.service';

@Controller('api/cameras')
export class CamerasController {
  constructor(
    @Inject(CamerasService) private readonly cameras: CamerasService,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(StillService) private readonly stills: StillService,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get()
  async list(): Promise<{ cameras: CameraView[] }> {
    return { cameras: await this.cameras.list() };
  }

  /** A small picture of now, or of the moment `at`. */
  @Get(':id/snapshot.jpg')
  async still(@Param('id') id: string, @Query() query: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { atMs: at } = readStillQuery(query, this.clock.nowMs());
    const camera = knownCamera(this.roster, id);
    const jpeg = at === undefined ? await this.stills.now(camera.id) : await this.stills.at(camera.id, at);
    const start = at === undefined ? undefined : toSeconds(at);
    await this.audit.viewed(request, { what: `picture of ${camera.id}`, kind: 'picture', camera_id: camera.id, start, end: start });
    response.set({ 'Content-Type': 'image/jpeg', 'Cache-Control': 'private, no-store' }).send(jpeg);
  }
}
