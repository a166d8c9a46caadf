import { Controller, Get, Inject, NotFoundException, Param, Query, Req, Res } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/base';
import { cameraOfTrack, trackOf, type ClipView, type TimelineAnswer } from '@vr/contracts';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { isDownload, ViewingAudit } from '../audit/viewing-audit';
import { checkLength, readRangeQuery, readTimeLineQuery } from '../http/query';
import { sendBytes } from '../http/send';
import { StoredClips } from '../library/stored-clips';
import { HeldProtections } from '../library/held-protections';
import { FootageService } from './footage-service';

const LONGEST_PLAYLIST_MS = 24 * 3_600_000;
const MOST_EVENTS = 500;

@Controller('api')
export class FootageController {
  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(FootageService) private readonly footage: FootageService,
    @Inject(StoredClips) private readonly clips: StoredClips,
    @Inject(HeldProtections) private readonly protections: HeldProtections,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /**
   * What the range holds: spans of footage, gaps with their reasons, the events whose clips lie in it, and protections.
   */
  @Get('cameras/:id/timeline')
  async timeline(@Param('id') id: string, @Query() query: unknown): Promise<TimelineAnswer> {
    const { stream, ...range } = readRangeQuery(query, this.clock.nowMs());
    checkLength(range);
    const camera = knownCamera(this.roster, id);
    const [timeline, clips, protections] = await Promise.all([
      this.footage.timeline(trackOf(camera.id, stream), range),
      this.clips.newest({ limit: MOST_EVENTS, cameraId: camera.id, beforeMs: range.endMs, sinceMs: range.startMs }),
      this.protections.list({ cameraId: camera.id, ...range }),
    ]);
    return { camera_id: camera.id, ...timeline, events: clips.map(toEvent), protections };
  }

  @Get('cameras/:id/footage.m3u8')
  async playlist(
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { stream, ...range } = readRangeQuery(query, this.clock.nowMs());
    checkLength(range, LONGEST_PLAYLIST_MS);
    const camera = knownCamera(this.roster, id);
    const playlist = await this.footage.playlist(trackOf(camera.id, stream), range);
    const asked = { start: toSeconds(range.startMs), end: toSeconds(range.endMs) };
    await this.audit.viewed(request, {
      what: `footage of ${trackOf(camera.id, stream)}`,
      kind: 'footage',
      camera_id: camera.id,
      ...asked,
    });
    response
      .set({ 'Content-Type': 'application/vnd.apple.mpegurl', 'Cache-Control': 'private, no-store' })
      .send(playlist);
  }

  /**
   * The bytes behind a playlist, on its time line. Without `zero` they are as they lie on the disk. Only a name that is
   * exactly a segment's is looked for.
   */
  @Get('footage/:fileName')
  async segment(
    @Param('fileName') fileName: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { zeroMs } = readTimeLineQuery(query, this.clock.nowMs());
    const segment = await this.footage.segmentFile(fileName);
    if (!segment) throw new NotFoundException('no such footage file');
    try {
      await this.audit.viewed(request, {
        what: fileName,
        kind: 'footage',
        camera_id: cameraOfTrack(segment.segment.cameraId),
      });
      if (isDownload(request)) response.attachment(fileName);
      await sendBytes(request, response, {
        sizeBytes: segment.sizeBytes,
        contentType: 'video/mp4',
        cacheControl: segment.segment.endMs === undefined ? 'private, no-store' : 'private, max-age=3600',
        read: (range) => this.footage.read(segment, range, zeroMs),
      });
    } finally {
      await segment.file.close();
    }
  }
}

function toEvent({ clip_id, event_id, event_type, timestamp, start, end }: ClipView): TimelineAnswer['events'][number] {
  return { clip_id, event_id, event_type, timestamp, start, end };
}
