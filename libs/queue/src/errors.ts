import { errorFacts } from '@vr/base';
import { UnrecoverableError } from 'bullmq';

/** A job that throws this is not tried again. */
export class PermanentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PermanentError';
  }
}

/** What lies in Redis is not a job of this queue. */
export class UnreadableJobError extends PermanentError {
  constructor(cause: unknown) {
    super(
      `This is no job of this queue: ${cause instanceof Error ? cause.message : String(cause)}. Nothing was ` +
        `done for it.`,
      { cause },
    );
    this.name = 'UnreadableJobError';
  }
}

/** Makes BullMQ's own sign for "no more retries", with our message and our stack. */
export function unrecoverable(error: PermanentError): UnrecoverableError {
  const sign = new UnrecoverableError(error.message);
  sign.cause = error;
  sign.stack = error.stack;
  return sign;
}

/** BullMQ knows its sign by class or by name, because jobs may fail in other processes. */
export function isUnrecoverable(error: Error): boolean {
  return error instanceof UnrecoverableError || error.name === 'UnrecoverableError';
}

/** The error that the job threw. */
export function thrownBy(error: Error): Error {
  return isUnrecoverable(error) && error.cause instanceof PermanentError ? error.cause : error;
}

const MOST_CHARACTERS = 2000;

/**
 * Makes the error fit to keep in Redis, where the board shows it. Its message and its stack lose their secrets, and are
 * cut where they are too long.
 */
export function presentable<E extends Error>(error: E): E {
  const { message, stack = '' } = errorFacts(error, MOST_CHARACTERS);
  // We define and do not set it, because a DOMException lets its message only be read.
  Object.defineProperty(error, 'message', { value: message, configurable: true });
  Object.defineProperty(error, 'stack', {
    value: `${error.name}: ${message}\n${stack}`,
    configurable: true,
    writable: true,
  });
  return error;
}
