import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/base';
import { LONGEST_EXPORT_MS, readExportRequest, SUBJECTS, type ExportsAnswer, type ExportView } from '@vr/contracts';
import { CameraRoster, CLOCK, knownCamera, unknownCamera } from '@vr/service';
import type { Request, Response } from 'express';
import { addressOf } from '../access/doorkeeper';
import { principalOf } from '../access/principal';
import { ViewingAudit } from '../audit/viewing-audit';
import { fieldsOf } from '../http/body';
import { checkLength } from '../http/query';
import { sendBytes } from '../http/send';
import { WorkerRequests } from '../requests/worker-requests';
import { ExportNews } from './export-news';
import { ExportShelf } from './export-shelf';

/** Ranges of up to a day as one file. The clipper makes them; the janitor deletes them. */
@Controller('api/exports')
export class ExportsController {
  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(ExportShelf) private readonly shelf: ExportShelf,
    @Inject(ExportNews) private readonly news: Pick<ExportNews, 'expect'>,
    @Inject(WorkerRequests) private readonly workers: WorkerRequests,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Post()
  @HttpCode(202)
  async ask(@Body() body: unknown, @Req() request: Request): Promise<ExportView> {
    const { camera_id, start, end } = fieldsOf(body);
    const { cameraId, ...range } = readExportRequest({ camera_id, start, end }, this.clock.nowMs());
    if (!principalOf(request).sees(cameraId)) throw unknownCamera(cameraId);
    checkLength(range, LONGEST_EXPORT_MS);
    const view = await this.shelf.ask(knownCamera(this.roster, cameraId).id, range.startMs, range.endMs);
    this.news.expect(view);
    return view;
  }

  @Get()
  list(@Req() request: Request): Promise<ExportsAnswer> {
    return this.shelf.list(principalOf(request).sees);
  }

  @Get(':id')
  find(@Param('id') id: string): Promise<ExportView> {
    return this.shelf.find(id);
  }

  /** Ends an export that is being made; deletes one that is made. */
  @Delete(':id')
  async remove(@Param('id') id: string, @Req() request: Request): Promise<{ export_id: string; removed: true }> {
    const made = await this.shelf.made(id);
    if (!made) await this.shelf.cancel(id);
    else
      await this.workers.ask(SUBJECTS.recordDelete, {
        camera_id: made.camera_id,
        export_id: id,
        by: `console ${addressOf(request)}`,
      });
    return { export_id: id, removed: true };
  }

  @Get(':id/file')
  async file(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const file = await this.shelf.open(id);
    try {
      const { camera_id, start, end } = await this.shelf.find(id);
      const { size, mtimeMs, ino } = await file.stat();
      await this.audit.viewed(request, { what: id, kind: 'export', camera_id, start, end, size_bytes: size });
      response.attachment(`${id}.mp4`);
      await sendBytes(request, response, {
        sizeBytes: size,
        contentType: 'video/mp4',
        lastModifiedMs: mtimeMs,
        tag: `"${ino.toString(36)}-${toSeconds(Math.round(mtimeMs)).toString(36)}"`,
        cacheControl: 'private, no-cache',
        read: (range) => file.createReadStream({ ...range, autoClose: false }),
      });
    } finally {
      await file.close();
    }
  }
}
