import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from '@vr/service';

/** What the snapshotter counts. Names are the contract's. */
@Injectable()
export class SnapshotMetrics {
  readonly generated: Counter;
  readonly latency: Histogram;

  constructor(@Inject(Registry) registry: Registry) {
    const registers = [registry];
    this.generated = new Counter({ name: 'snapshots_generated_total', help: 'Snapshots announced', registers });
    this.latency = new Histogram({
      name: 'snapshot_latency_seconds',
      help: 'From the request to the snapshot.ready message',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
      registers,
    });
  }
}
