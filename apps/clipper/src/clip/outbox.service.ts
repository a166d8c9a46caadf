import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG, LOGGER, Shutdown, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipFolder } from './clip-folder.adapter';
import { ClipQueue } from './clip-queue';

const EVERY_MS = 3 * 60_000;

/**
 * The disk is the outbox: a clip whose record is neither announced nor failed goes back to the queue, at start and every few
 * minutes. A job that is there already stays as it is, so a Redis that lost its data, or a job, costs no clip.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CLIPS_BUCKET' | 'CLIP_RETENTION_DAYS'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn'>,
    @Inject(ClipFolder) private readonly folder: Pick<ClipFolder, 'takeStock' | 'openJobs'>,
    @Inject(ClipQueue) private readonly queue: Pick<ClipQueue, 'add'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'ensureBucket'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    shutdown.register('intake', 'outbox', () => {
      this.ended = true;
      clearInterval(this.timer);
    });
  }

  /** In the background: neither a slow disk nor a store or a Redis that is away keeps the worker from starting. */
  onApplicationBootstrap(): void {
    if (this.ended) return;
    this.timer = setInterval(() => void this.send(), EVERY_MS);
    void this.start();
  }

  private async start(): Promise<void> {
    await this.attempt('the bucket for clips cannot be made ready: the first upload tries again', () =>
      this.store.ensureBucket(this.config.CLIPS_BUCKET, this.config.CLIP_RETENTION_DAYS),
    );
    await this.attempt('CLIPS_DIR cannot be read: unfinished clips wait for the next start', () => this.folder.takeStock());
    const open = this.folder.openJobs().length;
    if (open > 0) this.logger.info({ clips: open }, 'clips are unfinished: back to the queue');
    await this.send();
  }

  private async send(): Promise<void> {
    await this.attempt('unfinished clips cannot be queued: trying again in some minutes', async () => {
      for (const job of this.folder.openJobs()) {
        if (this.ended) return;
        await this.queue.add(job);
      }
    });
  }

  private async attempt(otherwise: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, otherwise);
    }
  }
}
