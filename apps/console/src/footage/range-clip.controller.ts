import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { checkLength, readRangeQuery } from '../http/query';
import { RangeClipAnswer } from './range-clip-answer';
import { LONGEST_CLIP_MS } from './range-clips';

@Controller('api/cameras')
export class RangeClipController {
  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(RangeClipAnswer) private readonly answer: RangeClipAnswer,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** The footage of a range as one MP4. `X-Gaps` says what is missing, `X-Start` and `X-End` say what it shows. */
  @Get(':id/clip.mp4')
  async clip(
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const range = readRangeQuery(query, this.clock.nowMs());
    checkLength(range, LONGEST_CLIP_MS);
    await this.answer.send(request, response, { cameraId: knownCamera(this.roster, id).id, ...range });
  }
}
