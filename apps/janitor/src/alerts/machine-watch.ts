import { Inject, Injectable } from '@nestjs/common';
import { bytesText, errorText, withinDeadline } from '@vr/base';
import { OBJECT_STORE, type ObjectStoreAdapter } from '@vr/objects';
import { CONFIG } from '@vr/service';
import { Volumes } from '../catalogue/volumes';
import type { JanitorConfig } from '../config';
import { PassReport } from '../retention/pass-report';
import type { Trouble } from './trouble';

/** The contract's mark. Where the owner allows a disk to be fuller, his own mark counts. */
const FULL_PERCENT = 90;
const STORE_DEADLINE_MS = 5000;

/** What is wrong with the disks, the object store, the clock and the retention. */
@Injectable()
export class MachineWatch {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'DISK_HIGH_PERCENT'>,
    @Inject(Volumes) private readonly volumes: Pick<Volumes, 'all'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStoreAdapter, 'check'>,
    @Inject(PassReport) private readonly report: Pick<PassReport, 'clockTrouble' | 'storage'>,
  ) {}

  /** A ring that is full by plan stands between the low and the high mark: the janitor makes room within a second. */
  async disk(): Promise<Trouble[]> {
    const mostPercent = Math.max(FULL_PERCENT, this.config.DISK_HIGH_PERCENT);
    const [worst] = (await this.volumes.all())
      .map(({ trees, usedBytes, freeBytes }) => ({
        trees,
        freeBytes,
        usedPercent: (usedBytes / Math.max(1, usedBytes + freeBytes)) * 100,
      }))
      .sort((a, b) => b.usedPercent - a.usedPercent);
    if (!worst || worst.usedPercent <= mostPercent) return [];
    const what =
      `The disk of ${worst.trees.join(', ')} is ${worst.usedPercent.toFixed(1)} % full ` +
      `(${bytesText(worst.freeBytes)} are free), and retention does not bring it below ${mostPercent} %.`;
    return [{ kind: 'disk', message: `${what} /health/ready of the janitor says what holds the rest` }];
  }

  async objectStore(): Promise<Trouble[]> {
    try {
      await withinDeadline(this.store.check(), STORE_DEADLINE_MS, 'the object store');
      return [];
    } catch (error) {
      const what = `The object store does not serve (${errorText(error)}).`;
      return [{ kind: 'store', message: `${what} Clips and snapshots stay on disk and go out when it is back` }];
    }
  }

  /** As the last pass of retention saw them. */
  clockAndRetention(): Trouble[] {
    const { clockTrouble, storage } = this.report;
    return [
      ...(clockTrouble === undefined ? [] : [{ kind: 'clock' as const, message: clockTrouble }]),
      ...(storage.state === 'up' ? [] : [{ kind: 'retention' as const, message: storage.sentence }]),
    ];
  }
}
