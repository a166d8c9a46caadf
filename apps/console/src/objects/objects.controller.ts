import { Controller, ForbiddenException, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { checkKey, OBJECT_STORE, ObjectLinks, type ObjectStore } from '@vr/objects';
import { CONFIG } from '@vr/service';
import type { Request, Response } from 'express';
import { isDownload, ViewingAudit } from '../audit/viewing-audit';
import type { ConsoleConfig } from '../config';
import { sendBytes } from '../http/send';
import type { MediaKind } from './media-path';

const TYPES: Record<string, string> = { mp4: 'video/mp4', jpg: 'image/jpeg' };

/** Objects over HTTP: by signed link for whoever holds one, by name for those who may use the API. */
@Controller()
export class ObjectsController {
  private readonly buckets: Record<MediaKind, string>;

  constructor(
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(ObjectLinks) private readonly links: ObjectLinks,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CONFIG) config: Pick<ConsoleConfig, 'CLIPS_BUCKET' | 'SNAPSHOTS_BUCKET'>,
  ) {
    this.buckets = { clips: config.CLIPS_BUCKET, snapshots: config.SNAPSHOTS_BUCKET };
  }

  /** The signature covers the path as the URL has it. */
  @Get('objects/*key')
  async byLink(@Req() request: Request, @Res() response: Response): Promise<void> {
    const object = await this.links.verifyLink(request.path, request.query);
    if (!object) throw new ForbiddenException('this link is not valid, or not any more: ask for a new one');
    const key = this.store.ownKey(object.key);
    if (key === undefined) throw new NotFoundException('there is no such object, or not any more');
    await this.send(object.bucket, key, request, response);
  }

  @Get('api/media/:kind/*key')
  async byName(
    @Param('kind') kind: string,
    @Param('key') key: string[] | string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (kind !== 'clips' && kind !== 'snapshots')
      throw new NotFoundException('wanted /api/media/clips/... or /api/media/snapshots/...');
    const name = typeof key === 'string' ? key : key.join('/');
    checkKey(name);
    await this.send(this.buckets[kind], name, request, response);
  }

  private async send(bucket: string, key: string, request: Request, response: Response): Promise<void> {
    const stat = await this.store.stat(bucket, key);
    if (!stat) throw new NotFoundException('there is no such object, or not any more');
    const kind = bucket === this.buckets.clips ? 'clip' : 'snapshot';
    await this.audit.viewed(request, {
      what: `${bucket}/${key}`,
      kind,
      camera_id: key.split('/')[0],
      size_bytes: stat.sizeBytes,
    });
    if (isDownload(request)) response.attachment(key.split('/').at(-1));
    await sendBytes(request, response, {
      sizeBytes: stat.sizeBytes,
      contentType: TYPES[key.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      lastModifiedMs: stat.lastModifiedMs,
      cacheControl: 'private, max-age=86400',
      read: (range) => this.store.read(bucket, key, range),
    });
  }
}
