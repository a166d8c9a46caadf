import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG, LOGGER, Shutdown, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipLedger } from './clip-ledger';
import { ClipQueue } from './clip-queue';

const EVERY_MS = 3 * 60_000;

/**
 * The disk is the outbox. A clip that is neither announced nor failed goes back to the queue: at start, when Redis
 * comes back, and every few minutes. A job that is there already stays as it is. So a Redis that lost its data costs no
 * clip.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private ended = false;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CLIPS_BUCKET' | 'CLIP_RETENTION_DAYS'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn'>,
    @Inject(ClipLedger) private readonly ledger: Pick<ClipLedger, 'takeStock' | 'openClips' | 'openCount'>,
    @Inject(ClipQueue) private readonly queue: Pick<ClipQueue, 'add' | 'onRedis'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'ensureBucket'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    shutdown.register('intake', 'outbox', () => {
      this.ended = true;
      clearInterval(this.timer);
    });
  }

  /** In the background: the worker starts also where the disk is slow, or the store or Redis is away. */
  onApplicationBootstrap(): void {
    if (this.ended) return;
    void this.attempt('the bucket for clips cannot be made ready: the first upload tries again', () =>
      this.store.ensureBucket(this.config.CLIPS_BUCKET, this.config.CLIP_RETENTION_DAYS),
    );
    void this.start();
  }

  private async start(): Promise<void> {
    await this.attempt('CLIPS_DIR cannot be read: unfinished clips wait for the next start', () =>
      this.ledger.takeStock(),
    );
    if (this.ended) return;
    if (this.ledger.openCount > 0)
      this.logger.info({ clips: this.ledger.openCount }, 'clips are unfinished: back to the queue');
    this.timer = setInterval(() => this.send(), EVERY_MS);
    this.queue.onRedis(() => this.send());
    this.send();
  }

  /** One round after the other. */
  private send(): void {
    const otherwise = 'unfinished clips cannot be queued: trying again when Redis is back, or in some minutes';
    this.sending = this.sending.then(() => this.attempt(otherwise, () => this.sendAll()));
  }

  private async sendAll(): Promise<void> {
    for await (const { job } of this.ledger.openClips()) {
      if (this.ended) return;
      await this.queue.add(job);
    }
  }

  private async attempt(otherwise: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, otherwise);
    }
  }
}
