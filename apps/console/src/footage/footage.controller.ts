import { Controller, Get, Inject, NotFoundException, Param, Query, Req, Res } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/base';
import {
  cameraOfTrack,
  trackOf,
  type CameraId,
  type ClipView,
  type IndexAnswer,
  type TimelineAnswer,
} from '@vr/contracts';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { isDownload, ViewingAudit } from '../audit/viewing-audit';
import { checkLength, readIndexQuery, readRangeQuery, readTimeLineQuery } from '../http/query';
import { sendBytes } from '../http/send';
import { StoredClips } from '../library/stored-clips';
import { HeldProtections } from '../library/held-protections';
import { FootageService } from './footage-service';
import type { SpanMs } from './timeline';

const LONGEST_PLAYLIST_MS = 24 * 3_600_000;
/** The longest day of a year, when clocks are set back. */
const LONGEST_INDEX_MS = 25 * 3_600_000;
const MOST_EVENTS = 500;
/** A closed segment never changes. The address that moves its media time says so in its query. */
const FOR_GOOD = 'private, max-age=86400, immutable';

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
    const [timeline, events, protections] = await Promise.all([
      this.footage.timeline(trackOf(camera.id, stream), range),
      this.events(camera.id, range),
      this.protections.list({ cameraId: camera.id, ...range }),
    ]);
    return { camera_id: camera.id, ...timeline, events, protections };
  }

  /** Where its key frames are, for players that fetch them by themselves. */
  @Get('cameras/:id/index')
  async index(@Param('id') id: string, @Query() query: unknown): Promise<IndexAnswer> {
    const { stream, every, ...range } = readIndexQuery(query, this.clock.nowMs());
    checkLength(range, LONGEST_INDEX_MS);
    const camera = knownCamera(this.roster, id);
    const [found, events] = await Promise.all([
      this.footage.index(trackOf(camera.id, stream), range, every),
      this.events(camera.id, range),
    ]);
    return { camera_id: camera.id, stream, ...found, events };
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
      // Who asks by the name of an open segment may have it closed by now. That address once had fewer bytes.
      const isFinal = segment.segment.endMs !== undefined && segment.segment.fileName === fileName;
      await sendBytes(request, response, {
        sizeBytes: segment.sizeBytes,
        contentType: 'video/mp4',
        cacheControl: isFinal ? FOR_GOOD : 'private, no-store',
        read: (range) => this.footage.read(segment, range, zeroMs),
      });
    } finally {
      await segment.file.close();
    }
  }

  private async events(cameraId: CameraId, { startMs, endMs }: SpanMs): Promise<TimelineAnswer['events']> {
    const clips = await this.clips.newest({ limit: MOST_EVENTS, cameraId, beforeMs: endMs, sinceMs: startMs });
    return clips.map(toEvent);
  }
}

function toEvent({ clip_id, event_id, event_type, timestamp, start, end }: ClipView): TimelineAnswer['events'][number] {
  return { clip_id, event_id, event_type, timestamp, start, end };
}
