import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { errorText, overWithin } from '@vr/base';
import type { Logger } from '@vr/service';
import type { NatsLink } from './link';

const REFUSED_RETRY_MS = 30_000;
const DRAIN_DEADLINE_MS = 1000;

/** A core subscription that exists whenever the connection does. */
export class CoreReader {
  private subscription: { on: NatsConnection; it: Subscription } | undefined;
  private retry: NodeJS.Timeout | undefined;
  private refusal: string | undefined;

  constructor(
    private readonly link: NatsLink,
    private readonly pattern: string,
    private readonly queue: string | undefined,
    private readonly onMessage: (message: Msg) => void,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Why we hear nothing although the connection is up. */
  get trouble(): string | undefined {
    return this.refusal;
  }

  start(): void {
    this.link.on('up', this.subscribe);
    if (this.link.up) this.subscribe(this.link.up);
  }

  /** Takes no new messages. What is already on its way is still delivered. */
  async stop(): Promise<void> {
    this.link.off('up', this.subscribe);
    clearTimeout(this.retry);
    const subscription = this.subscription?.it;
    this.subscription = undefined;
    if (!subscription || subscription.isClosed()) return;
    await overWithin(subscription.drain(), DRAIN_DEADLINE_MS);
    subscription.unsubscribe();
  }

  /** The client renews its subscriptions when it reconnects; only a new connection needs a new one. */
  private readonly subscribe = (connection: NatsConnection): void => {
    if (this.subscription?.on === connection && !this.subscription.it.isClosed()) return;
    clearTimeout(this.retry);
    try {
      const it = connection.subscribe(this.pattern, {
        queue: this.queue,
        callback: (error, message) => {
          if (error) this.refused(error);
          else this.onMessage(message);
        },
      });
      this.refusal = undefined;
      this.subscription = { on: connection, it };
    } catch (error) {
      this.refused(error);
    }
  };

  /** The server removes a subscription that we have no permission for. Permissions change, so we ask again. */
  private refused(error: unknown): void {
    this.refusal = `no subscription to ${this.pattern}: ${errorText(error)}`;
    this.logger.warn(
      { subject: this.pattern, reason: this.refusal },
      'NATS refused a subscription: asking again every 30 s',
    );
    this.subscription = undefined;
    this.retry = setTimeout(() => {
      if (this.link.up) this.subscribe(this.link.up);
    }, REFUSED_RETRY_MS).unref();
  }
}
