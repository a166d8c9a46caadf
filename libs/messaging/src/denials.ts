import type { PermissionViolationError } from '@nats-io/transport-node';
import type { Clock } from '@vr/base';
import type { Logger } from '@vr/service';

/** Whoever is refused tries again within a minute: what was not refused for so long is over. */
const OVER_AFTER_MS = 180_000;
const QUIET_MS = 60_000;
/** Those that are said; of the others nobody would read the sentence. */
const MOST = 20;

export type Denial = Pick<PermissionViolationError, 'operation' | 'subject'>;

/**
 * What NATS's permissions keep from us. The server says so after the fact and beside the connection: here it is kept
 * for readiness.
 */
export class Denials {
  private readonly denied = new Map<string, { lastMs: number; loggedMs: number }>();

  constructor(
    private readonly user: string | undefined,
    private readonly clock: Clock,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  note({ operation, subject }: Denial): void {
    // Readers say so themselves, and ask again.
    if (operation === 'subscription' && kindOf(subject) !== INBOXES) return;
    const sentence = this.sentence(operation === 'publish' ? 'publish' : 'subscribe', kindOf(subject));
    const nowMs = this.clock.monotonicMs();
    const loggedMs = this.denied.get(sentence)?.loggedMs ?? -Infinity;
    const isDue = nowMs - loggedMs >= QUIET_MS;
    if (isDue) this.logger.warn({ subject }, sentence);
    this.denied.delete(sentence); // the newest last
    this.denied.set(sentence, { lastMs: nowMs, loggedMs: isDue ? nowMs : loggedMs });
    for (const [oldest] of this.denied) if (this.denied.size > MOST) this.denied.delete(oldest);
  }

  /** A message to the subject went out. */
  went(subject: string): void {
    this.denied.delete(this.sentence('publish', kindOf(subject)));
  }

  /** Each for a person: who may not do what. */
  sentences(): string[] {
    const sinceMs = this.clock.monotonicMs() - OVER_AFTER_MS;
    return [...this.denied].filter(([, { lastMs }]) => lastMs >= sinceMs).map(([sentence]) => sentence);
  }

  /** The same for one publish. */
  sentence(action: 'publish' | 'subscribe', subject: string): string {
    const [whom, him] = this.user === undefined ? ['us', 'us'] : [`user ${JSON.stringify(this.user)}`, 'him'];
    return `NATS does not let ${whom} ${action} to ${subject}: give ${him} that permission (docs/operations.md, "NATS")`;
  }
}

const INBOXES = '_INBOX.>';

/** Inboxes and acknowledgements have a subject of their own each: one name for all of a kind. */
function kindOf(subject: string): string {
  if (subject.startsWith('_INBOX.')) return INBOXES;
  if (subject.startsWith('$JS.ACK.')) return `${subject.split('.').slice(0, 4).join('.')}.>`;
  return subject;
}
