import type { PermissionViolationError } from '@nats-io/transport-node';
import { LogGate, type Clock } from '@vr/base';
import type { Logger } from '@vr/service';

/** Whoever is refused tries again within a minute. So a refusal is over when it was not repeated for this long. */
const OVER_AFTER_MS = 180_000;
/** We keep this many refusals. Nobody would read a sentence about more. */
const MOST = 20;

export type Denial = Pick<PermissionViolationError, 'operation' | 'subject'>;

/**
 * What NATS's permissions keep from us. The server reports it afterwards and beside the connection. We keep it here for
 * readiness.
 */
export class Denials {
  /** When each sentence was last true. The newest is last. */
  private readonly deniedMs = new Map<string, number>();
  private readonly lines: LogGate;

  constructor(
    private readonly user: string | undefined,
    private readonly clock: Clock,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.lines = new LogGate(clock);
  }

  note({ operation, subject }: Denial): void {
    // Readers report this themselves, and ask again.
    if (operation === 'subscription' && kindOf(subject) !== INBOXES) return;
    const sentence = this.sentence(operation === 'publish' ? 'publish' : 'subscribe', kindOf(subject));
    if (this.lines.turn(sentence)) this.logger.warn({ subject }, sentence);
    this.deniedMs.delete(sentence);
    this.deniedMs.set(sentence, this.clock.monotonicMs());
    for (const [oldest] of this.deniedMs) if (this.deniedMs.size > MOST) this.forget(oldest);
  }

  /** A message to the subject went out. */
  went(subject: string): void {
    this.forget(this.sentence('publish', kindOf(subject)));
  }

  private forget(sentence: string): void {
    this.deniedMs.delete(sentence);
    this.lines.forget(sentence);
  }

  /** Each sentence tells a person who may not do what. */
  sentences(): string[] {
    const sinceMs = this.clock.monotonicMs() - OVER_AFTER_MS;
    return [...this.deniedMs].filter(([, lastMs]) => lastMs >= sinceMs).map(([sentence]) => sentence);
  }

  /** The sentence for one refusal. */
  sentence(action: 'publish' | 'subscribe', subject: string): string {
    const [whom, him] = this.user === undefined ? ['us', 'us'] : [`user ${JSON.stringify(this.user)}`, 'him'];
    return (
      `NATS does not let ${whom} ${action} to ${subject}: give ${him} that permission ` + `(docs/operations.md, "NATS")`
    );
  }
}

const INBOXES = '_INBOX.>';

/** Each inbox and acknowledgement has a subject of its own. All of one kind share one name here. */
function kindOf(subject: string): string {
  if (subject.startsWith('_INBOX.')) return INBOXES;
  if (subject.startsWith('$JS.ACK.')) return `${subject.split('.').slice(0, 4).join('.')}.>`;
  return subject;
}
