import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { ERROR_CODES } from '@vr/contracts';
import { CLOCK, Counter, fromZero, Gauge, Histogram, Registry, Shutdown, watchedGauge } from '@vr/service';
import { ClipLedger } from './clip-ledger';
import { ClipQueue } from './clip-queue';

const LOOK_EVERY_MS = 10_000;

/** What the clipper counts. Names are the contract's. */
@Injectable()
export class ClipMetrics {
  readonly generated: Counter;
  readonly failed: Counter<'code'>;
  readonly readyLatency: Histogram;

  constructor(
    @Inject(Registry) registry: Registry,
    @Inject(ClipQueue) queue: Pick<ClipQueue, 'counts'>,
    @Inject(ClipLedger) ledger: Pick<ClipLedger, 'oldestEndMs'>,
    @Inject(CLOCK) clock: Pick<Clock, 'nowMs'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
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
    watchedGauge(registry, shutdown, {
      name: 'clip_jobs',
      help: 'Clip jobs in the queue, by state, as of the last ten seconds',
      labelNames: ['state'],
      everyMs: LOOK_EVERY_MS,
      // Without Redis there is nothing to say; redis_up says that.
      look: async () => Object.entries(await queue.counts()).map(([state, value]) => ({ labels: { state }, value })),
    });
    new Gauge({
      name: 'clips_oldest_waiting_seconds',
      help: 'How long ago the wanted footage ended of the clip that waits longest; 0 where none is late',
      registers,
      collect() {
        this.set(Math.max(0, clock.nowMs() - (ledger.oldestEndMs ?? Infinity)) / 1000);
      },
    });
    fromZero(
      this.failed,
      ERROR_CODES.map((code) => ({ code })),
    );
  }
}
