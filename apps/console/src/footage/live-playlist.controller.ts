import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { DAY_MS, type Clock } from '@vr/base';
import { ContractError, invalidField, trackOf, type CameraConfig, type StreamKind } from '@vr/contracts';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { ViewingAudit } from '../audit/viewing-audit';
import { readLivePlaylistQuery } from '../http/query';
import { FootageService } from './footage-service';

/** What a player finds when it begins. */
const BEGINS_BEFORE_MS = 30_000;

/** Live for players that have no MediaSource (older iPhones) and for foreign ones: some seconds behind `/api/live`. */
@Controller('api/cameras')
export class LivePlaylistController {
  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(FootageService) private readonly footage: FootageService,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /**
   * Without `zero`: the streams that there are, each with a `zero` that stays the same for as long as the player comes
   * back. So no session need be kept.
   */
  @Get(':id/live.m3u8')
  async playlist(
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const playlist = await this.answer(id, query, request);
    // A refusal is JSON.
    response
      .set({ 'Content-Type': 'application/vnd.apple.mpegurl', 'Cache-Control': 'private, no-store' })
      .send(playlist);
  }

  private async answer(id: string, query: unknown, request: Request): Promise<string> {
    const nowMs = this.clock.nowMs();
    const { stream, zeroMs } = readLivePlaylistQuery(query, nowMs);
    const camera = knownCamera(this.roster, id);
    if (zeroMs === undefined) return this.streams(camera, stream, Math.floor(nowMs - BEGINS_BEFORE_MS));
    if (zeroMs > nowMs) throw invalidField('zero', 'wanted an instant that is past');
    if (nowMs - zeroMs > DAY_MS) throw new ContractError('too_long', 'wanted a zero of the last 24 hours: begin again');
    const track = trackOf(camera.id, stream ?? 'main');
    const playlist = await this.footage.livePlaylist(track, zeroMs);
    await this.audit.viewed(request, { what: `live of ${track}`, kind: 'footage', camera_id: camera.id });
    return playlist;
  }

  private async streams(camera: CameraConfig, wanted: StreamKind | undefined, zeroMs: number): Promise<string> {
    const lines: string[] = [];
    for (const stream of wanted ? [wanted] : (['main', 'sub'] as const)) {
      const said = await this.footage.announced(trackOf(camera.id, stream), zeroMs);
      if (said !== undefined) lines.push(`#EXT-X-STREAM-INF:${said}`, `live.m3u8?stream=${stream}&zero=${zeroMs}`);
    }
    if (lines.length === 0)
      return this.footage.noFootage(trackOf(camera.id, wanted ?? 'main'), {
        startMs: zeroMs,
        endMs: this.clock.nowMs(),
      });
    return ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS', ...lines, ''].join('\n');
  }
}
