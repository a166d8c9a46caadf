import type { Clock } from '@vr/base';
import type { Arrival, ContractError } from '@vr/contracts';
import type { Logger } from '@vr/service';
import type { Publisher } from './publisher';

/** A message that was refused for what it holds. */
export interface Refused {
  subject: string;
  /** undefined where the body is no JSON. */
  payload: unknown;
  body: Uint8Array;
  arrival: Arrival;
  error: ContractError;
}

/** What is said of it, where its author listens: `*.failed`. */
export interface Notice {
  /** Of ours; empty where none of ours is named: senders choose names, and they must not choose our memory. */
  cameraId: string;
  subject: string;
  payload: { readonly message: string } & Readonly<Record<string, unknown>>;
}

/** undefined where nobody is to be told: it names no camera of ours. */
export type RefusalNotice = (refused: Refused) => Notice | undefined;

/**
 * Of each camera and subject. A person who tries something out gets every answer; a broken detector at 30 a second does
 * not flood NATS.
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
 * Tells the authors of refused messages why, on NATS: they cannot see our log or our counters. Who waits for a reply
 * has it there; this is for those who only publish.
 */
export class Refusals {
  private readonly notices = new Map<string, RefusalNotice>();
  private readonly minutes = new Map<string, Minute>();

  constructor(
    private readonly publisher: Pick<Publisher, 'publish'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** What to say of refused messages of a pattern. */
  answer(pattern: string, notice: RefusalNotice): void {
    this.notices.set(pattern, notice);
  }

  /** Rejects where NATS does not take the answer: a message that can be brought again is answered then. */
  async refused(pattern: string, refused: Refused): Promise<void> {
    const notice = this.notices.get(pattern)?.(refused);
    if (notice) await this.tell(pattern, notice);
  }

  /** The same, of a message that its handler refuses to all who listen. `pattern`: of the message. */
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

  /** Says of how many nothing was said. */
  async end(): Promise<void> {
    await Promise.all([...this.minutes.values()].map((minute) => this.sum(minute)));
  }

  private minuteOf(key: string, notice: Notice): Minute {
    const nowMs = this.clock.monotonicMs();
    const known = this.minutes.get(key);
    if (known && nowMs - known.beganMs < MINUTE_MS) return known;
    // The timer of the minute before, where it is due only now, still says what that minute left out.
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
