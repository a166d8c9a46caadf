import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { ERROR_CODES } from '@vr/contracts';
import { CLOCK, Counter, fromZero, Gauge, Histogram, Registry } from '@vr/service';

/** What the snapshotter counts. Names are the contract's. */
@Injectable()
export class SnapshotMetrics {
  readonly generated: Counter;
  readonly failed: Counter<'code'>;
  readonly latency: Histogram;
  readonly waiting: Gauge;

  /** The instants asked for of those that are not announced yet. The outbox tells them. */
  waitingSince: () => Iterable<number> = () => [];

  constructor(@Inject(Registry) registry: Registry, @Inject(CLOCK) clock: Pick<Clock, 'nowMs'>) {
    const registers = [registry];
    const oldestMs = (): number => {
      let oldest = Infinity;
      for (const atMs of this.waitingSince()) oldest = Math.min(oldest, atMs);
      return oldest;
    };
    this.generated = new Counter({ name: 'snapshots_generated_total', help: 'Snapshots announced', registers });
    this.failed = new Counter({
      name: 'snapshots_failed_total',
      help: 'Snapshots that can never be',
      labelNames: ['code'],
      registers,
    });
    this.waiting = new Gauge({
      name: 'snapshots_waiting',
      help: 'Snapshots kept on disk that could not be delivered yet',
      registers,
    });
    this.latency = new Histogram({
      name: 'snapshot_latency_seconds',
      help: 'From the request or event to the snapshot.ready message',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
      registers,
    });
    new Gauge({
      name: 'snapshots_oldest_waiting_seconds',
      help: 'Age of the oldest snapshot that is not announced yet; 0 where none waits',
      registers,
      collect() {
        this.set(Math.max(0, clock.nowMs() - oldestMs()) / 1000);
      },
    });
    fromZero(
      this.failed,
      ERROR_CODES.map((code) => ({ code })),
    );
  }
}
