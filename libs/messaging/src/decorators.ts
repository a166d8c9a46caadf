import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { PassErrorsOn } from './errors.filter';

/**
 * The JetStream stream that a durable handler reads: created where missing; where somebody else made it, left alone.
 */
export interface StreamWanted {
  name: string;
  subjects: readonly string[];
  maxAgeMs: number;
  /** Of all messages together: the server keeps this much room for them, or an eighth, or an eighth of that. */
  maxBytes: number;
  maxMessageBytes: number;
}

export interface DurableOptions<C> {
  stream: StreamWanted;
  /** The durable consumer's name; handlers of one name share the messages between them. */
  consumer: string | ((config: C) => string);
}

export interface MessagesOptions {
  /**
   * A body that is not JSON reaches the handler with payload undefined (see the context's body), instead of being
   * rejected.
   */
  raw?: boolean;
  /**
   * A body that says nothing (none, blanks, null, `""`, `[]`) is an empty object: where nothing need be said to ask.
   */
  mayBeEmpty?: boolean;
  /**
   * Of a subject that is both said and asked: only `requests`, whose sender waits for a reply, or only what is `said`.
   * Default: both.
   */
  hears?: 'requests' | 'said';
  /** NATS queue group: of all subscribers of the group, one gets the message. */
  queue?: string;
}

/** What the decorators leave on a handler for the transport. */
export type HandlerKind =
  { kind: 'durable'; durable: DurableOptions<never> } | { kind: 'core'; options: MessagesOptions };
export const HANDLER_KIND = 'vrMessaging';

/**
 * Handles the messages of a stream, each at least once: acknowledged when the handler resolves. A ContractError drops
 * the message (counted, logged); any other error brings it back later. Without JetStream: a core subscription, not
 * durable.
 */
export function DurableEvents<C>(subject: string, durable: DurableOptions<C>): MethodDecorator {
  const handler: HandlerKind = { kind: 'durable', durable };
  return applyDecorators(EventPattern(subject, undefined, { [HANDLER_KIND]: handler }), UseFilters(new PassErrorsOn()));
}

/**
 * Handles a subject as it comes, at most once. Where the sender waits for a reply, what the handler returns is the
 * reply (bare JSON), and an error is `{error: {code, message}}`.
 */
export function Messages(subject: string, options: MessagesOptions = {}): MethodDecorator {
  const handler: HandlerKind = { kind: 'core', options };
  return applyDecorators(MessagePattern(subject, { [HANDLER_KIND]: handler }), UseFilters(new PassErrorsOn()));
}
