import { Inject, Injectable } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import { overWithin, type Clock } from '@vr/base';
import { ContractError, saysNothing, toErrorBody, type Arrival } from '@vr/contracts';
import { CLOCK, CONFIG, LOGGER, type Health, type Logger } from '@vr/service';
import { lastValueFrom } from 'rxjs';
import { isBlank, parseBody, parsedBody } from './body';
import { MessageContext } from './context';
import { CoreReader } from './core-reader';
import { HANDLER_KIND, type HandlerKind, type MessagesOptions } from './decorators';
import { Denials } from './denials';
import { DurableReader, type Outcome } from './durable-reader';
import { asRejection } from './errors.filter';
import { inboxRule } from './inbox';
import { NatsLink } from './link';
import { Neighbours } from './neighbours';
import type { NatsConfig } from './nats-options';
import { hasPurgeFault, PURGE_FAULT_ADVICE } from './purge-fault';
import { Refusals } from './refusals';
import { Rejections } from './rejections';

type Incoming = Pick<Msg, 'subject' | 'headers' | 'data'>;

/** The limit of one core pattern. Messages beyond it are rejected rather than held in memory. */
const MOST_IN_HAND = 1000;
const FINISH_DEADLINE_MS = 3000;

/** Nest's transport over NATS: bare JSON in and out, and durable where asked for. No message ever ends it. */
@Injectable()
export class NatsTransport extends Server implements CustomTransportStrategy {
  /** The durable reader must see a handler's error, so that it can bring the message back. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly durable: DurableReader[] = [];
  private readonly core: CoreReader[] = [];
  private readonly inHand = new Set<Promise<void>>();
  private readonly isInbox: (subject: string) => boolean;
  private ended = false;
  private heard = 0;

  constructor(
    @Inject(NatsLink) private readonly link: NatsLink,
    @Inject(Neighbours) private readonly neighbours: Neighbours,
    @Inject(Denials) private readonly denials: Denials,
    @Inject(Rejections) private readonly rejections: Rejections,
    @Inject(Refusals) private readonly refusals: Refusals,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: NatsConfig,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super();
    this.isInbox = inboxRule(config.NATS_INBOX_PREFIX);
  }

  /** Calls back at once, because a worker starts and lives without NATS. */
  listen(callback: () => void): void {
    this.link.start();
    for (const [pattern, handler] of this.getHandlers()) this.read(pattern, handler);
    callback();
  }

  /** Nest calls this last; the shutdown steps have usually done it all. */
  async close(): Promise<void> {
    await this.stopIntake();
    await this.finish();
    await this.link.end();
  }

  on(): never {
    throw new Error('NatsTransport has no events: see NatsLink');
  }

  unwrap(): never {
    throw new Error('NatsTransport shows nothing of its inside: inject NatsLink');
  }

  async stopIntake(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await Promise.all([...this.durable, ...this.core].map((reader) => reader.stop()));
  }

  /** Resolves when the messages in hand are handled and answered, or their time is over. */
  async finish(): Promise<void> {
    const done = Promise.all([...this.inHand, ...this.durable.map((reader) => reader.finished())]);
    await overWithin(done, FINISH_DEADLINE_MS);
  }

  health(): Health {
    if (!this.link.up)
      return { state: 'down', sentence: `no connection to ${this.link.address}: ${this.link.trouble}` };
    const notDurable = this.durable.map((reader) => reader.trouble).find((trouble) => trouble !== undefined);
    const unheard = this.core.flatMap((reader) => reader.trouble ?? []);
    const dangers = this.durable.flatMap((reader) => reader.danger ?? []);
    const troubles = [
      ...(notDurable === undefined ? [] : [`events are not durable: ${notDurable}`]),
      ...dangers,
      ...this.denials.sentences(),
      ...unheard,
    ];
    if (troubles.length > 0) return { state: 'degraded', sentence: troubles.join('; ') };
    const version = this.link.up.info?.version ?? '';
    const advice = hasPurgeFault(version) ? `; of nats-server ${version} ${PURGE_FAULT_ADVICE}` : '';
    return { state: 'up', sentence: `connected to ${this.link.address}${advice}` };
  }

  /** What the consumers are behind by. A consumer that cannot be read is not in it. */
  lags(): { consumer: string; messages: number }[] {
    return this.durable.flatMap(({ consumer, lag }) => (lag === undefined ? [] : [{ consumer, messages: lag }]));
  }

  private read(pattern: string, handler: MessageHandler): void {
    this.rejections.hears(pattern);
    const kind = (handler.extras?.[HANDLER_KIND] as HandlerKind | undefined) ?? { kind: 'core', options: {} };
    if (kind.kind === 'core') {
      const reader = new CoreReader(
        this.link,
        pattern,
        kind.options.queue,
        (message) => this.hold(pattern, handler, kind.options, message),
        this.log,
      );
      this.core.push(reader);
      reader.start();
      return;
    }
    const { stream, consumer } = kind.durable;
    const reader = new DurableReader({
      link: this.link,
      subject: pattern,
      stream,
      consumer: typeof consumer === 'string' ? consumer : consumer(this.config as never),
      handle: (message, arrival) => this.handleDurable(pattern, handler, message, arrival),
      arrived: () => this.arrived(),
      logger: this.log,
    });
    this.durable.push(reader);
    reader.start();
  }

  /** A refusal that its author cannot be told counts as a failure. The message then comes again, and he is told. */
  private async handleDurable(
    pattern: string,
    handler: MessageHandler,
    message: Incoming,
    arrival: Arrival,
  ): Promise<Outcome> {
    try {
      const context = contextOf(message, arrival);
      await this.call(handler, {}, context);
      await context.replied();
      return 'done';
    } catch (error) {
      const rejection = asRejection(error);
      const failure = rejection ? await this.tellRefused(pattern, message, arrival, rejection) : error;
      if (rejection && failure === undefined) {
        if (this.isOfOthers(rejection)) this.rejections.ofOthers(pattern);
        else this.rejections.rejected(pattern, message.subject, message.data, rejection);
        return 'rejected';
      }
      this.rejections.failed(pattern, message.subject, message.data, failure, 'retried');
      return 'failed';
    }
  }

  /** Why the author could not be told. It is undefined where he was told, or nobody is to be told. */
  private async tellRefused(
    pattern: string,
    message: Incoming,
    arrival: Arrival,
    error: ContractError,
  ): Promise<unknown> {
    const { subject, data: body } = message;
    try {
      await this.refusals.refused(pattern, { subject, payload: parsedBody(body), body, arrival, error });
      return undefined;
    } catch (failure) {
      return failure;
    }
  }

  private hold(pattern: string, handler: MessageHandler, options: MessagesOptions, message: Msg): void {
    if (options.hears !== undefined && isRequest(message) !== (options.hears === 'requests')) return;
    // We do not carry it out either: whoever forges a reply subject shall get no work done by it.
    if (isRequest(message) && !this.isInbox(message.reply))
      return this.rejections.replyRefused(pattern, message.subject, message.reply);
    if (this.inHand.size >= MOST_IN_HAND) {
      const busy = new ContractError('internal', `more than ${MOST_IN_HAND} messages at once: try again later`);
      this.rejections.rejected(pattern, message.subject, message.data, busy);
      if (this.neighbours.mayExist) return; // whether it is for us is not known yet
      return this.reply(pattern, message, { error: toErrorBody(busy) });
    }
    const held = this.answer(pattern, handler, options, message).finally(() => this.inHand.delete(held));
    this.inHand.add(held);
  }

  private async answer(
    pattern: string,
    handler: MessageHandler,
    options: MessagesOptions,
    message: Msg,
  ): Promise<void> {
    const arrival = this.arrived();
    try {
      if (!options.raw && (await this.neighbours.isTheirs(parsedBody(message.data))))
        return this.rejections.ofOthers(pattern);
      const context = contextOf(message, arrival);
      this.reply(pattern, message, (await this.call(handler, options, context)) ?? null);
      await context.replied();
    } catch (error) {
      const rejection = asRejection(error);
      if (rejection && this.isOfOthers(rejection)) return this.rejections.ofOthers(pattern);
      if (rejection) this.rejections.rejected(pattern, message.subject, message.data, rejection);
      else this.rejections.failed(pattern, message.subject, message.data, error, 'dropped');
      if (isRequest(message)) return this.reply(pattern, message, { error: toErrorBody(rejection ?? error) });
      if (rejection) await this.tellRefused(pattern, message, arrival, rejection);
    }
  }

  private async call(
    handler: MessageHandler,
    { raw = false, mayBeEmpty = false }: MessagesOptions,
    context: MessageContext,
  ): Promise<unknown> {
    const { body } = context;
    const isEmpty = (): boolean => isBlank(body) || saysNothing(parseBody(body));
    const payload = mayBeEmpty && isEmpty() ? {} : raw ? parsedBody(body) : parseBody(body);
    const result: Promise<unknown> = handler(payload, context);
    return lastValueFrom(this.transformToObservable(result), { defaultValue: undefined });
  }

  private isOfOthers({ code }: ContractError): boolean {
    return code === 'unknown_camera' && this.neighbours.mayExist;
  }

  /** The arrival of a message that no stream has stamped. */
  private arrived(): Arrival {
    this.heard += 1;
    return { atMs: this.clock.nowMs(), mark: `heard-${this.heard}` };
  }

  /** Never throws for a reply that is too large or cannot be written as JSON. It tells the sender instead. */
  private reply(pattern: string, message: Msg, body: unknown): void {
    if (!isRequest(message)) return;
    try {
      message.respond(JSON.stringify(body));
    } catch (error) {
      this.rejections.failed(pattern, message.subject, message.data, error, 'dropped');
      if (this.link.up) message.respond(JSON.stringify({ error: toErrorBody(error) }));
    }
  }
}

function isRequest(message: Msg): message is Msg & { reply: string } {
  return message.reply !== undefined && message.reply !== '';
}

function contextOf({ subject, headers, data }: Incoming, arrival: Arrival): MessageContext {
  return new MessageContext(subject, headersOf(headers), data, arrival);
}

function headersOf(headers: MsgHdrs | undefined): Record<string, string> {
  return headers ? Object.fromEntries(headers.keys().map((name) => [name, headers.last(name)])) : {};
}
