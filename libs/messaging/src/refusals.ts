import type { Clock } from '@vr/base';
import type { Arrival, ContractError } from '@vr/contracts';
import type { Logger } from '@vr/service';
import type { Publisher } from './publisher';

/** A message that was refused for its content. */
export interface Refused {
  subject: string;
  /** Undefined where the body is not JSON. */
  payload: unknown;
  body: Uint8Array;
  arrival: Arrival;
  error: ContractError;
}

/** The `*.failed` message about it, which its author can hear. */
export interface Notice {
  /**
   * A camera of ours, or empty where the message names none. Senders choose names, and they must not choose our memory.
   */
  cameraId: string;
  subject: string;
  payload: { readonly message: string } & Readonly<Record<string, unknown>>;
}

/** Undefined where nobody is told, because the message names no camera of ours. */
export type RefusalNotice = (refused: Refused) => Notice | undefined;

/**
 * The limit for each camera and subject. A person who tries something out gets every answer. A broken detector at 30 a
 * second does not flood NATS.
 */
const TOLD_A_MINUTE = 30;
const MINUTE_MS = 60_000;

interface Minute {
  beganMs: number;
  told: number;
  leftOut: number;
  last: Notice;
  timer?: NodeJS.Timeout;
}

/**
 * Tells the authors of refused messages why, on NATS, because they cannot see our log or our counters. It serves those
 * who only publish. Whoever waits for a reply has the reason there.
 */
export class Refusals {
  private readonly notices = new Map<string, RefusalNotice>();
  private readonly minutes = new Map<string, Minute>();

  constructor(
    private readonly publisher: Pick<Publisher, 'publish'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Sets what refused messages of a pattern are answered with. */
  answer(pattern: string, notice: RefusalNotice): void {
    this.notices.set(pattern, notice);
  }

  /** Rejects where NATS does not take the answer. A message that can be delivered again is answered then. */
  async refused(pattern: string, refused: Refused): Promise<void> {
    const notice = this.notices.get(pattern)?.(refused);
    if (notice) await this.tell(pattern, notice);
  }

  /** Tells it of a message whose handler refuses it to all who listen. `pattern` is the message's. */
  async tell(pattern: string, notice: Notice): Promise<void> {
    const minute = this.minuteOf(`${pattern} ${notice.cameraId}`, notice);
    if (minute.told < TOLD_A_MINUTE) {
      minute.told += 1;
      await this.publisher.publish(notice.subject, notice.payload);
      return;
    }
    minute.leftOut += 1;
    minute.last = notice;
    minute.timer ??= setTimeout(
      () => void this.sum(minute),
      Math.max(0, minute.beganMs + MINUTE_MS - this.clock.monotonicMs()),
    ).unref();
  }

  /** Says how many refusals were left out. */
  async end(): Promise<void> {
    await Promise.all([...this.minutes.values()].map((minute) => this.sum(minute)));
  }

  private minuteOf(key: string, notice: Notice): Minute {
    const nowMs = this.clock.monotonicMs();
    const known = this.minutes.get(key);
    if (known && nowMs - known.beganMs < MINUTE_MS) return known;
    // If the timer of the minute before is due only now, it still says what that minute left out.
    const begun: Minute = { beganMs: nowMs, told: 0, leftOut: 0, last: notice };
    this.minutes.set(key, begun);
    return begun;
  }

  private async sum(minute: Minute): Promise<void> {
    clearTimeout(minute.timer);
    const { leftOut, last } = minute;
    minute.leftOut = 0;
    if (leftOut === 0) return;
    const message =
      `${leftOut} more were refused within a minute and not each is told; the last ` +
      `of them: ${last.payload.message}`;
    try {
      await this.publisher.publish(last.subject, { ...last.payload, message, left_out: leftOut });
    } catch (error) {
      this.logger.warn({ err: error, camera: last.cameraId, leftOut }, 'refused messages could not be told of');
    }
  }
}
