import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from '@vr/service';

/** What the snapshotter counts. Names are the contract's. */
@Injectable()
export class SnapshotMetrics {
  readonly generated: Counter;
  readonly failed: Counter<'code'>;
  readonly latency: Histogram;
  readonly waiting: Gauge;

  constructor(@Inject(Registry) registry: Registry) {
    const registers = [registry];
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
  }
}
