import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import {
  jetstream,
  jetstreamManager,
  type ConsumerInfo,
  type ConsumerMessages,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { backOffMs, errorText } from '@vr/base';
import type { Arrival } from '@vr/contracts';
import type { Logger } from '@vr/service';
import { CoreReader } from './core-reader';
import type { StreamWanted } from './decorators';
import type { NatsLink } from './link';
import { hasPurgeFault, PURGE_FAULT_ADVICE } from './purge-fault';
import { ACK_WAIT_MS, acknowledges, boundOlderStream, ensureConsumer, ensureStream, silenceStream } from './stream';

/** What became of a delivery. */
export type Outcome = 'done' | 'rejected' | 'failed';

export interface DurableParts {
  link: NatsLink;
  subject: string;
  stream: StreamWanted;
  consumer: string;
  /** Handles one message. Never rejects. */
  handle: (message: Pick<Msg, 'subject' | 'headers' | 'data'>, arrival: Arrival) => Promise<Outcome>;
  /** The arrival of a message that comes without the stream: now. */
  arrived: () => Arrival;
  logger: Pick<Logger, 'info' | 'warn'>;
}

const API_DEADLINE_MS = 5000;
/** The server sends a heartbeat at half of this. When two are missing, we start over. */
const PULL_EXPIRES_MS = 10_000;
const PREFETCH = 64;
const LAG_EVERY_MS = 30_000;
const AT_ONCE = 16;
const HAND_BACK_AFTER_MS = 1000;
const RETRY = { firstMs: 500, mostMs: 10_000, spread: 0.2 };
const REDELIVERY = { firstMs: 1000, mostMs: 60_000, spread: 0.2 };
/** Without a stream only we can bring a message back, and only our memory holds it. */
const CORE_ATTEMPTS = 10;
/** When memory holds more than this, each new message has one attempt only. */
const CORE_IN_HAND = 1000;
/** After any of these we may never hear of the consumer again, or it may be gone. */
const DOUBTS: ReadonlySet<string> = new Set([
  'heartbeats_missed',
  'consumer_not_found',
  'stream_not_found',
  'consumer_deleted',
  'no_responders',
  'exceeded_limits',
]);

/**
 * Reads a stream through a durable pull consumer, for as long as the worker lives. When anything is lost (connection,
 * stream, consumer or JetStream itself, with or without its data), it starts over: stream, consumer, pull. While
 * JetStream cannot be used, a core subscription stands in, and ends when JetStream is back. Messages may come twice,
 * above all round such a change.
 */
export class DurableReader {
  private readonly ending = new AbortController();
  private readonly standIn: CoreReader;
  private standingIn = false;
  private loop: Promise<void> | undefined;
  private messages: ConsumerMessages | undefined;
  private reason = 'the stream is not read yet';
  private endangered: string | undefined;
  private behind: number | undefined;
  private readonly inHand = new Set<Promise<void>>();

  constructor(private readonly parts: DurableParts) {
    this.standIn = new CoreReader(
      parts.link,
      parts.subject,
      parts.consumer,
      (message) => this.hold(this.deliverCore(message)),
      parts.logger,
    );
  }

  /** Why messages may be lost now. It is undefined while the stream is read. */
  get trouble(): string | undefined {
    return this.messages ? undefined : this.reason;
  }

  /** Why anybody who may publish here can remove the stream. */
  get danger(): string | undefined {
    return this.messages ? this.endangered : undefined;
  }

  get consumer(): string {
    return this.parts.consumer;
  }

  /** How many events are not acknowledged yet. It is undefined while the stream is not read. */
  get lag(): number | undefined {
    return this.messages ? this.behind : undefined;
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Takes no new messages, and hands back those that have not begun. */
  async stop(): Promise<void> {
    this.ending.abort();
    this.messages?.stop();
    await this.endStandIn();
    await this.loop;
  }

  /** Resolves when the messages in hand are handled. */
  async finished(): Promise<void> {
    await Promise.all(this.inHand);
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.isEnding()) {
      try {
        await this.readStream(await this.parts.link.whenUp(this.ending.signal), () => {
          failures = 0;
        });
      } catch (error) {
        if (this.isEnding()) return;
        if (this.parts.link.up) this.useStandIn(error);
      } finally {
        this.messages = undefined;
      }
      failures += 1;
      await this.pause(backOffMs(failures, RETRY));
    }
  }

  /** Returns when the pull should be started over. */
  private async readStream(connection: NatsConnection, begun: () => void): Promise<void> {
    const { link, subject, stream, consumer, logger } = this.parts;
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: API_DEADLINE_MS });
    const streamName = await ensureStream(manager, stream, subject);
    if (streamName === stream.name) await this.mendOlder(manager);
    await this.lookForDanger(manager, streamName, connection.info?.version ?? '');
    const info = await ensureConsumer(manager, streamName, consumer, subject);
    this.behind = notAcknowledged(info);
    const reading = jetstream(connection).consumers.getConsumerFromInfo(info);
    const counting = setInterval(() => {
      reading.info().then(
        (now) => (this.behind = notAcknowledged(now)),
        () => (this.behind = undefined),
      );
    }, LAG_EVERY_MS).unref();
    const messages = await reading.consume({
      max_messages: PREFETCH,
      expires: PULL_EXPIRES_MS,
      abort_on_missing_resource: true,
    });
    const stop = (): void => messages.stop();
    link.once('down', stop);
    this.ending.signal.addEventListener('abort', stop, { once: true });
    void this.stopOnDoubt(messages);
    try {
      if (this.isEnding() || link.up !== connection) return;
      this.messages = messages;
      begun();
      await this.endStandIn();
      logger.info({ stream: streamName, consumer, subject }, 'events are durable: reading them from the stream');
      for await (const message of messages) {
        while (this.inHand.size >= AT_ONCE) await Promise.race(this.inHand);
        this.hold(this.deliver(message));
      }
    } finally {
      clearInterval(counting);
      stop();
      link.off('down', stop);
      this.ending.signal.removeEventListener('abort', stop);
    }
  }

  /** A failure here is no reason to stop: a stream without bounds, or one that acknowledges, still keeps events. */
  private async mendOlder(manager: JetStreamManager): Promise<void> {
    const { stream, logger } = this.parts;
    try {
      if (await boundOlderStream(manager, stream))
        logger.info({ stream: stream.name }, 'the stream of an older version has bounds now');
      if (await silenceStream(manager, stream.name))
        logger.info(
          { stream: stream.name },
          'the stream sends no more acknowledgements: they went wherever a publisher chose',
        );
    } catch (error) {
      logger.warn(
        { err: error, stream: stream.name },
        'the stream cannot be given the bounds of this version: it is used as it is',
      );
    }
  }

  private async lookForDanger(manager: JetStreamManager, name: string, version: string): Promise<void> {
    const isEndangered = hasPurgeFault(version) && (await acknowledges(manager, name));
    this.endangered = isEndangered
      ? `stream ${name} of nats-server ${version} acknowledges where its publishers say, and so each of them can ` +
        `delete it: set no_ack`
      : undefined;
    if (this.endangered !== undefined)
      this.parts.logger.warn({ stream: name, version }, `${this.endangered}; ${PURGE_FAULT_ADVICE}`);
  }

  private async stopOnDoubt(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (!DOUBTS.has(type)) continue;
      this.reason = `the stream's consumer is in doubt (${type})`;
      messages.stop();
    }
  }

  private async deliver(message: JsMsg): Promise<void> {
    // We delay this: until the server has heard that our pull ends, it would bring the message back to us.
    if (this.isEnding()) return settle(() => message.nak(HAND_BACK_AFTER_MS));
    const stillAtIt = setInterval(() => settle(() => message.working()), ACK_WAIT_MS / 3).unref();
    const outcome = await this.parts.handle(message, { atMs: message.time.getTime(), mark: `${message.seq}` });
    clearInterval(stillAtIt);
    settle(() => {
      if (outcome === 'done') message.ack();
      else if (outcome === 'rejected') message.term();
      else message.nak(backOffMs(message.info.deliveryCount, REDELIVERY));
    });
  }

  private async deliverCore(message: Msg): Promise<void> {
    const arrival = this.parts.arrived();
    const attempts = this.inHand.size < CORE_IN_HAND ? CORE_ATTEMPTS : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if ((await this.parts.handle(message, arrival)) !== 'failed' || this.isEnding()) return;
      await wait(backOffMs(attempt, REDELIVERY), undefined, {
        signal: this.ending.signal,
      }).catch(() => undefined);
    }
  }

  private hold(work: Promise<void>): void {
    const held = work.finally(() => this.inHand.delete(held));
    this.inHand.add(held);
  }

  private useStandIn(error: unknown): void {
    this.reason = reasonOf(error);
    if (this.standingIn) return;
    this.standingIn = true;
    this.parts.logger.warn(
      { subject: this.parts.subject, reason: this.reason },
      'events are not durable: reading them from a core subscription',
    );
    this.standIn.start();
  }

  private async endStandIn(): Promise<void> {
    if (!this.standingIn) return;
    this.standingIn = false;
    await this.standIn.stop();
  }

  /** Waits until the time is over, the connection comes back or the reader ends. */
  private async pause(delayMs: number): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.ending.signal]);
    await Promise.race([wait(delayMs, undefined, { signal }), once(this.parts.link, 'up', { signal })]).catch(
      () => undefined,
    );
    over.abort();
  }

  private isEnding(): boolean {
    return this.ending.signal.aborted;
  }
}

function notAcknowledged({ num_pending: waiting, num_ack_pending: inHand }: ConsumerInfo): number {
  return waiting + inHand;
}

/** An acknowledgement that cannot be sent is no fault: the message comes back after the ack wait. */
function settle(send: () => void): void {
  try {
    send();
  } catch {
    // the connection is closed
  }
}

function reasonOf(error: unknown): string {
  const message = errorText(error);
  return /jetstream .*not enabled/i.test(message) ? 'the server has no JetStream' : message;
}
