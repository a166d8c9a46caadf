import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LogGate, type Clock } from '@vr/base';
import type { CameraStatus } from '@vr/contracts';
import { excessBytes, retentionRules } from '@vr/retention';
import { CameraRoster, CLOCK, CONFIG, LOGGER, Shutdown, type Logger } from '@vr/service';
import { Budgets } from '../budgets/budgets';
import { Volumes } from '../catalogue/volumes';
import type { JanitorConfig } from '../config';
import { Janitor } from './janitor';

/** A look costs one statfs for each disk. Between two looks cameras write less than a segment. */
const LOOK_EVERY_MS = 500;
/** If nothing more may go, another pass at once would not help. */
const STUCK_FOR_MS = 60_000;

/**
 * Makes room as soon as a disk passes its high mark, the recorder says that it is full, or somebody waits for room in a
 * budget.
 */
@Injectable()
export class DiskWatch implements OnApplicationBootstrap {
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private triedMs = -Infinity;
  /** The newest request for room that was seen. */
  private wantedMs = 0;
  private readonly fullRecorders: LogGate;

  constructor(
    @Inject(CONFIG) private readonly config: JanitorConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Volumes) private readonly volumes: Volumes,
    @Inject(Janitor) private readonly janitor: Janitor,
    @Inject(Budgets) private readonly budgets: Pick<Budgets, 'wantedMs'>,
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'find'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    this.fullRecorders = new LogGate(clock);
    shutdown.register('intake', 'disk watch', () => clearInterval(this.timer));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  /**
   * Makes room because the recorder met ENOSPC. Everybody who may ask for states can send this. So messages of unknown
   * cameras count for nothing, and many messages make no more than one line of the log a minute.
   */
  async recorderIsFull({ camera_id: camera }: Pick<CameraStatus, 'camera_id'>): Promise<void> {
    if (!this.cameras.find(camera)) return;
    const isNews = this.fullRecorders.turn() !== undefined;
    if (isNews) this.logger.warn({ camera }, 'the recorder says that its disk is full: making room');
    await this.janitor.makeRoom();
    const rules = retentionRules(this.config, []);
    const volume = (await this.volumes.all()).find(({ trees }) => trees.includes('recordings'));
    if (isNews && volume && excessBytes(volume, rules) === 0 && !this.janitor.isStuck) {
      this.logger.warn(
        { camera, free_bytes: volume.freeBytes },
        'there is room below the high mark: if it says so again, look for a quota or for inodes (df -i)',
      );
    }
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const wantedMs = this.budgets.wantedMs();
      if (wantedMs > this.wantedMs) {
        this.wantedMs = wantedMs;
        await this.janitor.makeRoom();
      }
      if (this.janitor.isStuck && this.clock.monotonicMs() - this.triedMs < STUCK_FOR_MS) return;
      const rules = retentionRules(this.config, []);
      if (!(await this.volumes.all()).some((volume) => excessBytes(volume, rules) > 0)) return;
      this.triedMs = this.clock.monotonicMs();
      await this.janitor.makeRoom();
    } catch (error) {
      this.logger.warn({ err: error }, 'the disks cannot be looked at');
    } finally {
      this.looking = false;
    }
  }
}
