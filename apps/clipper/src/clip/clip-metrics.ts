import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from '@vr/service';
import { ClipQueue } from './clip-queue';

/** What the clipper counts. Names are the contract's. */
@Injectable()
export class ClipMetrics {
  readonly generated: Counter;
  readonly failed: Counter<'code'>;
  readonly readyLatency: Histogram;

  constructor(@Inject(Registry) registry: Registry, @Inject(ClipQueue) queue: Pick<ClipQueue, 'counts'>) {
    const registers = [registry];
    this.generated = new Counter({ name: 'clips_generated_total', help: 'Clips announced, each once', registers });
    this.failed = new Counter({
      name: 'clips_failed_total',
      help: 'Clips given up, by code',
      labelNames: ['code'],
      registers,
    });
    this.readyLatency = new Histogram({
      name: 'clip_ready_latency_seconds',
      help: 'From the end of the wanted footage to the clip.ready message',
      buckets: [0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 30, 60, 300, 3600],
      registers,
    });
    new Gauge({
      name: 'clip_jobs',
      help: 'Clip jobs in the queue, by state',
      labelNames: ['state'],
      registers,
      async collect() {
        this.reset();
        // Without Redis there is nothing to say; its health check says that.
        const counts = await queue.counts().catch(() => ({}));
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      },
    });
  }
}
