import { setImmediate as everybodyElse } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import { Denials, type Denial } from './denials';
import { NatsLink } from './link';

const DEFAULT_DEADLINE_MS = 5000;

/** Sends messages: bare JSON. */
@Injectable()
export class Publisher {
  constructor(
    @Inject(NatsLink) private readonly link: NatsLink,
    @Inject(Denials) private readonly denials: Denials,
  ) {}

  /**
   * Resolves when the server has taken the message. Rejects when the server does not permit it, or did not take it
   * before the deadline. It may still arrive then. So a message is sent at least once, and the sender must be able to
   * repeat it.
   */
  async publish(
    subject: string,
    payload: unknown,
    { deadlineMs = DEFAULT_DEADLINE_MS }: { deadlineMs?: number } = {},
  ): Promise<void> {
    const body = JSON.stringify(payload);
    const late = AbortSignal.timeout(deadlineMs);
    const denied: Denial[] = [];
    const onDenied = (denial: Denial): void => {
      if (denial.operation === 'publish' && denial.subject === subject) denied.push(denial);
    };
    this.link.on('denied', onDenied);
    try {
      await this.send(subject, body, late, deadlineMs);
      // A denial comes before the flush's answer, and listeners get it in the same turn of the event loop.
      await everybodyElse();
    } finally {
      this.link.off('denied', onDenied);
    }
    if (denied.length > 0) throw new Error(this.denials.sentence('publish', subject));
    this.denials.went(subject);
  }

  private async send(subject: string, body: string, late: AbortSignal, deadlineMs: number): Promise<void> {
    for (;;) {
      const connection = await this.connectionBefore(late, subject);
      connection.publish(subject, body); // throws for a wrong subject or one message too large: trying again is no use
      const outcome = await flushed(connection, late);
      if (outcome === 'taken') return;
      if (late.aborted) throw new Error(`NATS did not take the message to ${subject} within ${deadlineMs} ms`);
      // The connection broke in between and its buffer is lost: wait for the next one.
    }
  }

  private async connectionBefore(late: AbortSignal, subject: string): Promise<NatsConnection> {
    try {
      return await this.link.whenUp(late);
    } catch {
      throw new Error(`message to ${subject} not sent: NATS at ${this.link.address}: ${this.link.trouble}`);
    }
  }
}

function flushed(connection: NatsConnection, late: AbortSignal): Promise<'taken' | 'lost'> {
  return new Promise((resolve) => {
    const onLate = (): void => resolve('lost');
    if (late.aborted) return onLate();
    late.addEventListener('abort', onLate, { once: true });
    void connection
      .flush()
      .then(() => resolve('taken'), onLate)
      .finally(() => late.removeEventListener('abort', onLate));
  });
}
