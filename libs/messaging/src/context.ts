import { BaseRpcContext } from '@nestjs/microservices';
import type { Arrival } from '@vr/contracts';

/** What a handler gets beside the payload, through `@Ctx()`. */
export class MessageContext extends BaseRpcContext<[string, Record<string, string>, Uint8Array, Arrival]> {
  private readonly later: (() => Promise<void>)[] = [];

  constructor(
    /** The subject that the message was sent to, not the pattern. */
    readonly subject: string,
    /** Headers by name, as sent. A repeated header has its last value. */
    readonly headers: Record<string, string>,
    /** The bytes as sent. */
    readonly body: Uint8Array,
    /** When the message reached NATS, or us where there is no JetStream. It is the same at every delivery. */
    readonly arrival: Arrival,
  ) {
    super([subject, headers, body, arrival]);
  }

  /** Runs the work once the reply is on its way, so that nothing it leads to overtakes the reply. Never rejects. */
  afterReply(work: () => Promise<void>): void {
    this.later.push(work);
  }

  /** The transport calls this. */
  async replied(): Promise<void> {
    for (const work of this.later.splice(0)) await work();
  }
}
