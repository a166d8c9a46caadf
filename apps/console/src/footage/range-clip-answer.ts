import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { localTime, toSeconds } from '@vr/base';
import { trackOf, type CameraId, type GapBody, type StreamKind } from '@vr/contracts';
import { clipBytes } from '@vr/footage';
import type { Request, Response } from 'express';
import { isDownload, ViewingAudit, type Viewed } from '../audit/viewing-audit';
import { sendBytes } from '../http/send';
import { viewerGone } from '../http/viewer-gone';
import type { RangeClip } from './kept-clips';
import { RangeClips, type Continuation } from './range-clips';
import type { SpanMs } from './timeline';

/** Many programs refuse headers that are longer than a few KB. */
const MOST_GAPS = 60;
/** A viewer who pauses reads nothing and gives up his place. His player asks again from where it stopped. */
const STALLED_MS = 60_000;

export interface ClipOfRange extends SpanMs {
  cameraId: CameraId;
  stream: StreamKind;
}

/** Sends a range as one MP4 to whoever may see it. `X-Gaps` says what is missing. */
@Injectable()
export class RangeClipAnswer {
  constructor(
    @Inject(RangeClips) private readonly clips: RangeClips,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
  ) {}

  async send(request: Request, response: Response, { cameraId, stream, ...range }: ClipOfRange): Promise<void> {
    const track = trackOf(cameraId, stream);
    const gone = viewerGone(response);
    const viewed: Viewed = {
      what: `footage of ${track} as one file`,
      kind: 'footage',
      camera_id: cameraId,
      start: toSeconds(range.startMs),
      end: toSeconds(range.endMs),
    };
    try {
      const clip = await this.clips.of(track, range, continuation(request), gone);
      await this.clips.send(async () => {
        await this.audit.viewed(request, { ...viewed, size_bytes: clip.layout.facts.sizeBytes });
        const fileName = fileNameOf(track, clip.layout.facts.startMs);
        const disposition = isDownload(request) ? 'attachment' : 'inline';
        response.set({ 'Content-Disposition': `${disposition}; filename="${fileName}"`, ...factHeaders(clip) });
        await this.sendFile(request, response, clip);
      });
    } catch (error) {
      if (!gone.aborted) throw error;
    }
  }

  private async sendFile(request: Request, response: Response, { layout, tag, isFinal }: RangeClip): Promise<void> {
    response.setTimeout(STALLED_MS, () => response.destroy());
    await sendBytes(request, response, {
      sizeBytes: layout.facts.sizeBytes,
      contentType: 'video/mp4',
      tag,
      cacheControl: isFinal ? 'private, max-age=3600' : 'private, no-store',
      read: (range) => Readable.from(clipBytes(layout, { range }), { objectMode: false }),
    });
  }
}

function continuation(request: Request): Continuation {
  const tag = request.get('if-range');
  const wantsFurther = /^bytes=(?!0-)/.test(request.get('range')?.trim() ?? '');
  return { goesOn: tag !== undefined || wantsFurther, ...(tag !== undefined && { tag }) };
}

/** `cam_1_2026-11-23_09-15-00.mp4`: the local time of its first picture. */
function fileNameOf(cameraId: string, startMs: number): string {
  const { date, time } = localTime(startMs);
  return `${cameraId}_${date}_${time.replaceAll(':', '-')}.mp4`;
}

function factHeaders({ layout: { facts }, gaps }: RangeClip): Record<string, string> {
  return {
    'X-Start': String(toSeconds(Math.round(facts.startMs))),
    'X-End': String(toSeconds(Math.round(facts.endMs))),
    'X-Partial': String(gaps.length > 0),
    ...gapHeaders(gaps),
  };
}

/** Where there are very many gaps, only the longest are named, and the header says how many are left out. */
function gapHeaders(gaps: readonly GapBody[]): Record<string, string> {
  const longest = [...gaps].sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, MOST_GAPS);
  const named = longest.sort((a, b) => a.start - b.start);
  const omitted = gaps.length - named.length;
  return { 'X-Gaps': JSON.stringify(named), ...(omitted > 0 && { 'X-Gaps-Omitted': String(omitted) }) };
}
