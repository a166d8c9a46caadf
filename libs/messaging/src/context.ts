import { BaseRpcContext } from '@nestjs/microservices';
import type { Arrival } from '@vr/contracts';

/** What a handler gets beside the payload, by `@Ctx()`. */
export class MessageContext extends BaseRpcContext<[string, Record<string, string>, Uint8Array, Arrival]> {
  private readonly later: (() => Promise<void>)[] = [];

  constructor(
    /** The subject that it was sent to, not the pattern. */
    readonly subject: string,
    /** By name as sent; of a repeated header the last value. */
    readonly headers: Record<string, string>,
    /** The bytes as sent. */
    readonly body: Uint8Array,
    /** When it reached NATS (without JetStream: us); the same at every delivery. */
    readonly arrival: Arrival,
  ) {
    super([subject, headers, body, arrival]);
  }

  /**
   * What is to be done once the reply is on its way, so that what it leads to does not come before it. Never rejects.
   */
  afterReply(work: () => Promise<void>): void {
    this.later.push(work);
  }

  /** For the transport. */
  async replied(): Promise<void> {
    for (const work of this.later.splice(0)) await work();
  }
}
