import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { trackOf } from '@vr/contracts';
import { Pictures } from '@vr/pictures';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { ViewingAudit } from '../audit/viewing-audit';
import { readThumbQuery } from '../http/query';
import { viewerGone } from '../http/viewer-gone';
import { FootageService } from './footage-service';

/** Small pictures under the cursor of a time line. Only key frames: each is one picture to decode, whoever asks. */
@Controller('api/cameras')
export class ThumbController {
  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(Pictures) private readonly pictures: Pick<Pictures, 'pictureAt'>,
    @Inject(FootageService) private readonly footage: Pick<FootageService, 'keyFrameAt' | 'noFootage'>,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get(':id/thumb.jpg')
  async thumb(
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { atMs, size, stream } = readThumbQuery(query, this.clock.nowMs());
    const camera = knownCamera(this.roster, id);
    const track = trackOf(camera.id, stream);
    const gone = viewerGone(response);
    try {
      const key = await this.footage.keyFrameAt(track, atMs);
      const picture = key && (await this.pictures.pictureAt(track, key.shownMs, size, gone));
      if (!picture) return await this.footage.noFootage(track, { startMs: atMs, endMs: atMs });
      // Once for all of them: the time line asks for hundreds.
      await this.audit.viewed(request, { what: `thumbnails of ${track}`, kind: 'picture', camera_id: camera.id });
      response.set({
        'Content-Type': 'image/jpeg',
        'Cache-Control': key.isFinal ? 'private, max-age=86400, immutable' : 'private, no-store',
      });
      response.send(picture.jpeg);
    } catch (error) {
      if (!gone.aborted) throw error;
    }
  }
}
