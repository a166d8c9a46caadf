import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, Shutdown } from '@vr/service';
import { CronJob } from 'cron';
import type { JanitorConfig } from '../config';
import { JanitorService } from './janitor.service';

const EVERY_MS = 600_000;

/** Sweeps at start, every ten minutes, and at CLEANUP_CRON, in TZ. */
@Injectable()
export class JanitorSchedule implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private daily: CronJob | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'CLEANUP_CRON' | 'TZ'>,
    @Inject(JanitorService) private readonly janitor: JanitorService,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    shutdown.register('intake', 'retention schedule', async () => {
      clearInterval(this.timer);
      await this.daily?.stop();
      await this.janitor.stop();
    });
  }

  onApplicationBootstrap(): void {
    const sweep = (): void => void this.janitor.sweep();
    this.timer = setInterval(sweep, EVERY_MS);
    this.daily = CronJob.from({ cronTime: this.config.CLEANUP_CRON, onTick: sweep, start: true, timeZone: this.config.TZ });
    sweep();
  }
}
