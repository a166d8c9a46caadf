import { Inject, Injectable } from '@nestjs/common';
import { errorText } from '@vr/base';
import { ContractError, ERROR_CODES } from '@vr/contracts';
import { NatsLink } from '@vr/messaging';
import { z } from 'zod';

const ANSWER_DEADLINE_MS = 15_000;
const failure = z.object({
  error: z.object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    retry_after_seconds: z.number().positive().optional(),
  }),
});

/** Asks another worker over NATS and returns its reply. Its error becomes ours. */
@Injectable()
export class WorkerRequests {
  constructor(@Inject(NatsLink) private readonly link: NatsLink) {}

  async ask(subject: string, payload: unknown): Promise<unknown> {
    const connection = this.link.up;
    if (!connection) throw new ContractError('internal', `not connected to NATS (${this.link.trouble}): try again`);
    let reply: unknown;
    try {
      const message = await connection.request(subject, JSON.stringify(payload), { timeout: ANSWER_DEADLINE_MS });
      reply = message.json();
    } catch (error) {
      const reason = errorText(error);
      throw new ContractError(
        'internal',
        `no answer to ${subject} within ${ANSWER_DEADLINE_MS / 1000} s (${reason}): is its worker running, ` +
          'and may both of us use NATS?',
        { cause: error },
      );
    }
    const failed = failure.safeParse(reply);
    if (failed.success) {
      const { code, message, retry_after_seconds: seconds } = failed.data.error;
      throw new ContractError(code, message, seconds === undefined ? {} : { retryAfterMs: seconds * 1000 });
    }
    return reply;
  }
}
