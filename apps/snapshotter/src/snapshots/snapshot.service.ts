import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SUBJECTS, toErrorBody, toSeconds, type CameraConfig, type Clock, type SnapshotFailed, type SnapshotReady, type SnapshotRequest } from '@vr/contracts';
import { jpegSize } from '@vr/media';
import { Publisher } from '@vr/messaging';
import { hashFile, OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@vr/service';
import { CameraRoster } from '../cameras/camera-roster.adapter';
import type { SnapshotterConfig } from '../config';
import { FrameCache, type Frame } from '../frames/frame-cache';
import { FrameFetcher } from '../frames/frame-fetcher.adapter';
import { FootagePicture, type Picture } from './footage-picture';
import { SnapshotFolder } from './snapshot-folder.adapter';
import { SnapshotMetrics } from './snapshot-metrics';

type Source = SnapshotReady['source_of_image'];

/** Takes a snapshot: picture, file, object, message. Now: the newest frame, else the newest footage. A moment: the footage. */
@Injectable()
export class SnapshotService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'SNAPSHOTS_BUCKET'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn' | 'error'>,
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'get'>,
    @Inject(FrameCache) private readonly frames: Pick<FrameCache, 'fresh'>,
    @Inject(FrameFetcher) private readonly fetcher: Pick<FrameFetcher, 'fetch'>,
    @Inject(FootagePicture) private readonly footage: Pick<FootagePicture, 'now' | 'at'>,
    @Inject(SnapshotFolder) private readonly folder: Pick<SnapshotFolder, 'withWorkFolder' | 'write' | 'keep'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'putFile' | 'url'>,
    @Inject(Publisher) private readonly publisher: Pick<Publisher, 'publish'>,
    @Inject(SnapshotMetrics) private readonly metrics: SnapshotMetrics,
  ) {}

  /** Resolves with what was announced. What fails is announced too, and thrown. */
  async take(request: SnapshotRequest): Promise<SnapshotReady> {
    const askedMs = this.clock.nowMs();
    const sinceMs = this.clock.monotonicMs();
    try {
      const camera = await this.cameras.get(request.cameraId);
      const ready = await this.folder.withWorkFolder((path) => this.make(camera, request, askedMs, path));
      await this.publisher.publish(SUBJECTS.snapshotReady, ready);
      this.metrics.generated.inc();
      this.metrics.latency.observe((this.clock.monotonicMs() - sinceMs) / 1000);
      return ready;
    } catch (error) {
      await this.announceFailure(request, askedMs, error);
      throw error;
    }
  }

  private async make(camera: CameraConfig, request: SnapshotRequest, askedMs: number, workFolder: string): Promise<SnapshotReady> {
    const [picture, source] = await this.picture(camera, request.timestampMs, workFolder);
    const { sha256, sizeBytes } = await hashFile(picture.path);
    const kept = await this.folder.keep(picture.path, camera.id, picture.capturedMs);
    const metadata = {
      camera: camera.id,
      captured_at: new Date(picture.capturedMs).toISOString(),
      reason: request.reason,
      source_of_image: source,
      ...(request.eventId !== undefined && { event_id: request.eventId }),
    };
    const bucket = this.config.SNAPSHOTS_BUCKET;
    await this.store.putFile(bucket, kept.key, kept.path, { contentType: 'image/jpeg', sha256, sizeBytes, metadata });
    return {
      ...{ camera_id: camera.id, url: await this.store.url(bucket, kept.key), timestamp: toSeconds(request.timestampMs ?? askedMs) },
      ...{ reason: request.reason, snapshot_id: kept.id, request_id: request.requestId, event_id: request.eventId },
      ...{ source_of_image: source, captured_at: toSeconds(picture.capturedMs), bucket, key: kept.key },
      ...{ width: picture.width, height: picture.height, size_bytes: sizeBytes, sha256 },
    };
  }

  private async picture(camera: CameraConfig, momentMs: number | undefined, workFolder: string): Promise<[Picture, Source]> {
    if (momentMs !== undefined) return [await this.footage.at(camera, momentMs, workFolder), 'footage'];
    const frame = this.frames.fresh(camera.id);
    const picture = frame && (await this.fromFrame(frame, workFolder));
    return picture ? [picture, 'frame'] : [await this.footage.now(camera, workFolder), 'footage'];
  }

  /** Undefined where the frame's picture cannot be had: the footage has one. */
  private async fromFrame(frame: Frame, workFolder: string): Promise<Picture | undefined> {
    try {
      const jpeg = await this.fetcher.fetch(frame);
      const size = jpegSize(jpeg);
      if (!size) throw new Error(`wanted a whole JPEG, got ${jpeg.length} bytes that are none`);
      const path = join(workFolder, 'frame.jpg');
      await this.folder.write(path, jpeg);
      return { path, capturedMs: frame.timestampMs, ...size };
    } catch (error) {
      this.logger.warn({ camera: frame.cameraId, reason: (error as Error).message }, 'a frame cannot be had: taking the picture from the footage');
      return undefined;
    }
  }

  private async announceFailure(request: SnapshotRequest, askedMs: number, error: unknown): Promise<void> {
    const body = toErrorBody(error);
    const failed: SnapshotFailed = {
      camera_id: request.cameraId,
      request_id: request.requestId,
      ...body,
      timestamp: toSeconds(request.timestampMs ?? askedMs),
    };
    await this.publisher.publish(SUBJECTS.snapshotFailed, failed).catch((unsent: unknown) => {
      this.logger.error({ err: unsent, camera: request.cameraId, code: body.code }, 'a failed snapshot cannot be announced');
    });
  }
}
