import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { waitForFootage } from '@vr/footage';
import { CLOCK, CONFIG, Shutdown } from '@vr/service';
import type { SnapshotterConfig } from '../config';

export type Arrival = Awaited<ReturnType<typeof waitForFootage>>;

interface Waiter {
  untilMs: number;
  resolve: (arrival: Arrival) => void;
  reject: (error: unknown) => void;
}

/** The recorder reconnects within this time, or brings nothing more of the wanted instant. */
const GRACE_MS = 3000;
/** What was of an instant this long ago is on disk, or never comes: one answer holds for all who wait. */
const OVER_MS = 3000;

/**
 * Waits for footage to reach the disk. One watch a camera, however many wait: a burst of events reads the folder once,
 * not a hundred times.
 */
@Injectable()
export class FootageArrivals {
  private readonly waiting = new Map<string, Waiter[]>();
  private readonly ending = new AbortController();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    shutdown.register('intake', 'waits for footage', () => this.ending.abort(new Error('the snapshotter is stopping')));
  }

  /**
   * Resolves when the camera's footage reaches the instant, or nothing more of it can come. Rejects when the worker
   * stops.
   */
  until(cameraId: string, untilMs: number): Promise<Arrival> {
    return new Promise((resolve, reject) => {
      const waiter = { untilMs, resolve, reject };
      const others = this.waiting.get(cameraId);
      if (others) others.push(waiter);
      else {
        this.waiting.set(cameraId, [waiter]);
        void this.serve(cameraId);
      }
    });
  }

  private async serve(cameraId: string): Promise<void> {
    for (let first = this.takeFirst(cameraId); first; first = this.takeFirst(cameraId)) {
      try {
        const arrival = await this.waitFor(cameraId, first.untilMs);
        first.resolve(arrival);
        if (arrival === 'no_more') this.giveUp(cameraId);
      } catch (error) {
        first.reject(error);
      }
    }
    this.waiting.delete(cameraId);
  }

  private waitFor(cameraId: string, untilMs: number): Promise<Arrival> {
    return waitForFootage({
      recordingsDir: this.config.RECORDINGS_DIR,
      cameraId,
      untilMs,
      graceMs: GRACE_MS,
      clock: this.clock,
      signal: this.ending.signal,
    });
  }

  /** Whoever waits for the earliest instant. */
  private takeFirst(cameraId: string): Waiter | undefined {
    const waiters = this.waiting.get(cameraId) ?? [];
    const first = waiters.reduce<Waiter | undefined>(
      (least, waiter) => (least && least.untilMs <= waiter.untilMs ? least : waiter),
      undefined,
    );
    if (first) waiters.splice(waiters.indexOf(first), 1);
    return first;
  }

  private giveUp(cameraId: string): void {
    const waiters = this.waiting.get(cameraId) ?? [];
    const overMs = this.clock.nowMs() - OVER_MS;
    for (const waiter of waiters.filter(({ untilMs }) => untilMs <= overMs)) {
      waiters.splice(waiters.indexOf(waiter), 1);
      waiter.resolve('no_more');
    }
  }
}
