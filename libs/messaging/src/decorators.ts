import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { PassErrorsOn } from './errors.filter';

/**
 * The JetStream stream that a durable handler reads. We create it where it is missing, and leave a stranger's alone.
 */
export interface StreamWanted {
  name: string;
  subjects: readonly string[];
  maxAgeMs: number;
  /**
   * The size of all messages together. The server keeps this much room for them, or an eighth, or an eighth of that.
   */
  maxBytes: number;
  maxMessageBytes: number;
}

export interface DurableOptions<C> {
  stream: StreamWanted;
  /** The name of the durable consumer. Handlers of one name share the messages between them. */
  consumer: string | ((config: C) => string);
}

export interface MessagesOptions {
  /**
   * Whether a body that is not JSON reaches the handler, with payload undefined (see the context's body). By default it
   * is rejected.
   */
  raw?: boolean;
  /**
   * Whether a body that says nothing (none, blanks, null, `""`, `[]`) counts as an empty object. Use it where one need
   * say nothing to ask.
   */
  mayBeEmpty?: boolean;
  /**
   * Some subjects serve for messages and for requests. `requests`: hear only senders who wait for a reply. `said`: hear
   * only the others. Default: both.
   */
  hears?: 'requests' | 'said';
  /** The NATS queue group. One subscriber of the group gets the message. */
  queue?: string;
}

/** The decorators leave this on a handler for the transport. */
export type HandlerKind =
  { kind: 'durable'; durable: DurableOptions<never> } | { kind: 'core'; options: MessagesOptions };
export const HANDLER_KIND = 'vrMessaging';

/**
 * Handles the messages of a stream, each at least once. A message is acknowledged when the handler resolves. A
 * ContractError drops the message, with a count and a log line. Any other error brings it back later. Without JetStream
 * this is a core subscription, which is not durable.
 */
export function DurableEvents<C>(subject: string, durable: DurableOptions<C>): MethodDecorator {
  const handler: HandlerKind = { kind: 'durable', durable };
  return applyDecorators(EventPattern(subject, undefined, { [HANDLER_KIND]: handler }), UseFilters(new PassErrorsOn()));
}

/**
 * Handles a subject as it comes, at most once. Where the sender waits for a reply, the handler's result is the reply
 * (bare JSON). An error becomes `{error: {code, message}}`.
 */
export function Messages(subject: string, options: MessagesOptions = {}): MethodDecorator {
  const handler: HandlerKind = { kind: 'core', options };
  return applyDecorators(MessagePattern(subject, { [HANDLER_KIND]: handler }), UseFilters(new PassErrorsOn()));
}
