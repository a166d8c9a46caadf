import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { backOffMs } from '@vr/base';
import { CONFIG, Shutdown } from '@vr/service';
import { CronJob } from 'cron';
import type { JanitorConfig } from '../config';
import { Janitor } from './janitor';

const EVERY_MS = 600_000;
/** The wait after a sweep that the object store failed, doubling. Readiness must not report an old failure for long. */
const AGAIN = { firstMs: 5000, mostMs: 60_000, spread: 0 };

/** Sweeps at start, every ten minutes and at CLEANUP_CRON in TZ. It sweeps again soon while the object store fails. */
@Injectable()
export class JanitorSchedule implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private again: NodeJS.Timeout | undefined;
  private failures = 0;
  private ended = false;
  private daily: CronJob | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'CLEANUP_CRON' | 'TZ'>,
    @Inject(Janitor) private readonly janitor: Janitor,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    shutdown.register('intake', 'retention schedule', async () => {
      this.ended = true;
      clearInterval(this.timer);
      clearTimeout(this.again);
      await this.daily?.stop();
      await this.janitor.stop();
    });
  }

  onApplicationBootstrap(): void {
    const sweep = (): void => void this.sweep();
    this.timer = setInterval(sweep, EVERY_MS);
    this.daily = CronJob.from({
      cronTime: this.config.CLEANUP_CRON,
      onTick: sweep,
      start: true,
      timeZone: this.config.TZ,
    });
    sweep();
  }

  private async sweep(): Promise<void> {
    clearTimeout(this.again);
    await this.janitor.sweep();
    if (!this.janitor.objectsWait) this.failures = 0;
    else if (!this.ended) {
      clearTimeout(this.again);
      this.failures += 1;
      this.again = setTimeout(() => void this.sweep(), backOffMs(this.failures, AGAIN));
    }
  }
}
