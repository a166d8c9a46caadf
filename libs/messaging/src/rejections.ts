import { LogGate, maskSecrets, type Clock } from '@vr/base';
import type { ContractError, ErrorCode } from '@vr/contracts';
import { Counter, fromZero, type Logger, type Registry } from '@vr/service';
import { excerpt } from './body';

const USUAL_CODES: readonly ErrorCode[] = ['invalid_payload', 'unknown_camera', 'internal'];

/**
 * Messages that were not handled. Every one is counted. Each kind (pattern and code) has one log line a minute. Label
 * and key are patterns, not subjects: outsiders choose subjects, and they must not choose our memory.
 */
export class Rejections {
  private readonly counter: Counter<'subject' | 'code'>;
  private readonly lines: LogGate;

  constructor(
    registry: Registry,
    clock: Clock,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {
    this.lines = new LogGate(clock);
    this.counter = new Counter({
      name: 'messages_rejected_total',
      help: 'Messages from NATS that failed validation or could not be handled.',
      labelNames: ['subject', 'code'],
      registers: [registry],
    });
  }

  /** Counting of a pattern begins. */
  hears(pattern: string): void {
    fromZero(
      this.counter,
      USUAL_CODES.map((code) => ({ subject: pattern, code })),
    );
  }

  /** Counts a message that is dropped because of its content. */
  rejected(pattern: string, subject: string, body: Uint8Array, error: ContractError): void {
    this.counter.inc({ subject: pattern, code: error.code });
    const line = this.lines.turn(`rejected ${pattern} ${error.code}`);
    if (!line) return;
    this.logger.warn(
      { subject, code: error.code, reason: error.message, body: excerpt(body), alsoRejected: line.silent },
      'message rejected',
    );
  }

  /** Counts a message for a camera that another node may have. It is not a fault, so no line is logged. */
  ofOthers(pattern: string): void {
    this.counter.inc({ subject: pattern, code: 'unknown_camera' });
  }

  /** Counts a request whose reply subject is not an inbox. */
  replyRefused(pattern: string, subject: string, reply: string): void {
    this.counter.inc({ subject: pattern, code: 'invalid_payload' });
    const line = this.lines.turn(`reply ${pattern}`);
    if (!line) return;
    const wanted = 'replies go to inboxes only: _INBOX. or what NATS_INBOX_PREFIX says';
    this.logger.warn(
      { subject, reply: maskSecrets(reply, { upTo: 200 }), reason: wanted, alsoRejected: line.silent },
      'request rejected for its reply subject',
    );
  }

  /** Counts a message that met an error of ours. `next` says what becomes of it. */
  failed(pattern: string, subject: string, body: Uint8Array, error: unknown, next: 'dropped' | 'retried'): void {
    if (next === 'dropped') this.counter.inc({ subject: pattern, code: 'internal' });
    const line = this.lines.turn(`${next} ${pattern}`);
    if (!line) return;
    this.logger.error(
      { subject, err: error, body: excerpt(body), alsoFailed: line.silent },
      `message could not be handled: ${next}`,
    );
  }
}
