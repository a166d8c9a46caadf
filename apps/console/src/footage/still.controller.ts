import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { SharedWork, toSeconds, type Clock } from '@vr/base';
import { trackOf } from '@vr/contracts';
import { Pictures, type MomentPicture, type PictureSize } from '@vr/pictures';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { ViewingAudit } from '../audit/viewing-audit';
import { isKnown, tagOf } from '../http/entity-tag';
import { readStillQuery } from '../http/query';
import { viewerGone } from '../http/viewer-gone';
import { FootageService } from './footage-service';

/** One picture of a camera's now is made in this time, however many people look. */
const FRESH_FOR_MS = 4000;

@Controller('api/cameras')
export class StillController {
  private readonly newest: SharedWork<MomentPicture | undefined>;

  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(Pictures) private readonly pictures: Pick<Pictures, 'pictureAt'>,
    @Inject(FootageService) private readonly footage: Pick<FootageService, 'noFootage'>,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.newest = new SharedWork(clock, FRESH_FOR_MS);
  }

  /** The picture at the moment `at`. Without `at`: a picture of now, which is the newest key frame. */
  @Get(':id/snapshot.jpg')
  async still(
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { atMs, size, stream } = readStillQuery(query, this.clock.nowMs());
    const camera = knownCamera(this.roster, id);
    const track = trackOf(camera.id, stream);
    const gone = viewerGone(response);
    try {
      const picture = await this.picture(track, atMs, size, gone);
      const start = atMs === undefined ? undefined : toSeconds(atMs);
      await this.audit.viewed(request, {
        what: `picture of ${track}`,
        kind: 'picture',
        camera_id: camera.id,
        start,
        end: start,
      });
      const tag = tagOf(picture.jpeg);
      response.set({
        'Content-Type': 'image/jpeg',
        ETag: tag,
        'Cache-Control': picture.isFinal ? 'private, max-age=86400, immutable' : 'private, no-store',
      });
      if (isKnown(request.get('if-none-match'), tag)) response.status(304).end();
      else response.send(picture.jpeg);
    } catch (error) {
      if (!gone.aborted) throw error;
    }
  }

  private async picture(
    cameraId: string,
    atMs: number | undefined,
    size: PictureSize,
    gone: AbortSignal,
  ): Promise<MomentPicture> {
    const picture =
      atMs === undefined
        ? await this.newest.share(
            `${cameraId} ${size}`,
            (wanted) => this.pictures.pictureAt(cameraId, 'newest_key', size, wanted),
            gone,
          )
        : await this.pictures.pictureAt(cameraId, atMs, size, gone);
    const nowMs = this.clock.nowMs();
    return picture ?? this.footage.noFootage(cameraId, { startMs: atMs ?? nowMs, endMs: atMs ?? nowMs });
  }
}
