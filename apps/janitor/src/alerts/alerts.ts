import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LogGate, type Clock } from '@vr/base';
import { SUBJECTS, type AlertKind, type RecordAlert } from '@vr/contracts';
import { Publisher } from '@vr/messaging';
import { CLOCK, LOGGER, Shutdown, type Logger } from '@vr/service';
import { AlertBook } from './alert-book';
import { AlertsFile } from './alerts-file';
import { CameraWatch } from './camera-watch';
import { MachineWatch } from './machine-watch';
import type { Trouble } from './trouble';

const LOOK_EVERY_MS = 5000;
/** While NATS is away, alerts wait in order. Beyond so many the oldest go, and the log says so. */
const MOST_WAITING = 1000;

/**
 * Tells the alert manager what a person should look at (contract: `seguranca.record.alert`). Each alert is told at
 * least once when it begins and when it is over, in order, also where NATS was away meanwhile.
 */
@Injectable()
export class Alerts implements OnApplicationBootstrap {
  private book: AlertBook | undefined;
  private readonly waiting: RecordAlert[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private sending: Promise<void> | undefined;
  private readonly faults: LogGate;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn'>,
    @Inject(AlertsFile) private readonly file: Pick<AlertsFile, 'read' | 'write'>,
    @Inject(CameraWatch) private readonly cameras: Pick<CameraWatch, 'troubles'>,
    @Inject(MachineWatch) private readonly machine: Pick<MachineWatch, 'disk' | 'objectStore' | 'clockAndRetention'>,
    @Inject(Publisher) private readonly publisher: Pick<Publisher, 'publish'>,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    this.faults = new LogGate(clock);
    shutdown.register('intake', 'alerts', async () => {
      clearInterval(this.timer);
      await this.looking;
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    void this.look();
  }

  /** Looks once. A look that still runs is not overtaken: it is returned. Never rejects. */
  look(): Promise<void> {
    return (this.looking ??= this.lookOnce().finally(() => (this.looking = undefined)));
  }

  private async lookOnce(): Promise<void> {
    const book = (this.book ??= new AlertBook(this.clock, await this.file.read()));
    const unknown = new Set<AlertKind>();
    const ask = async (kind: AlertKind, find: () => Promise<Trouble[]>): Promise<Trouble[]> => {
      try {
        return await find();
      } catch (error) {
        // The folders may be away: that a camera is offline cannot be told from that.
        unknown.add(kind);
        if (this.faults.turn(kind)) this.logger.warn({ err: error, kind }, 'the alerts of this kind cannot be judged');
        return [];
      }
    };
    const found = await Promise.all([
      ask('camera_offline', () => this.cameras.troubles()),
      ask('disk', () => this.machine.disk()),
      ask('store', () => this.machine.objectStore()),
    ]);
    const told = book.look([...found.flat(), ...this.machine.clockAndRetention()], unknown);
    for (const alert of told) this.take(alert);
    if (told.length > 0) await this.file.write(book.raised);
    this.sending ??= this.send().finally(() => (this.sending = undefined));
  }

  private take(alert: RecordAlert): void {
    const { kind, state, camera_id: camera, message } = alert;
    this.logger[state === 'raised' ? 'warn' : 'info']({ kind, state, camera }, message);
    this.waiting.push(alert);
    if (this.waiting.length > MOST_WAITING) {
      this.waiting.shift();
      if (this.faults.turn('waiting'))
        this.logger.warn({ waiting: MOST_WAITING }, 'NATS is away for long: the oldest alerts are not told');
    }
  }

  private async send(): Promise<void> {
    for (let alert = this.waiting[0]; alert; alert = this.waiting[0]) {
      try {
        await this.publisher.publish(SUBJECTS.alert, alert);
        if (this.waiting[0] === alert) this.waiting.shift();
      } catch (error) {
        if (this.faults.turn('nats')) this.logger.warn({ err: error }, 'an alert waits for NATS');
        return; // the next look tries again
      }
    }
  }
}
