import { errorText, logEntry } from '@vr/base';
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { ConfigError } from './config/environment';

export type { Logger } from 'pino';

/**
 * The worker's logger. It writes JSON lines of at most 8 KB to stdout (or another file descriptor). They hold no
 * secrets, and errors come without what hangs on them.
 */
export function createLogger(name: string, level: string, fd = 1): Logger {
  return pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (err: unknown) => err }, // logEntry has done it; pino's own copies every property
      hooks: {
        logMethod(args: unknown[], method) {
          const { entry, message } = logEntry(...entryAndMessage(args));
          method.call(this, entry, message);
        },
      },
    },
    pino.destination({ fd, sync: true }),
  );
}

/** Loggers are called with `(entry, message)`, `(message)` or `(error)`. */
function entryAndMessage([first, message]: unknown[]): [Record<string, unknown>, string] {
  if (first instanceof Error) return [{ err: first }, typeof message === 'string' ? message : errorText(first)];
  if (typeof first === 'object' && first !== null)
    return [first as Record<string, unknown>, typeof message === 'string' ? message : ''];
  return [{}, String(first)];
}

/** Puts Nest's own messages into our log: its start-up chatter at debug, its warnings and errors as they are. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, wordsOf(message));
  }
  debug(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, wordsOf(message));
  }
  verbose(message: unknown, context?: unknown): void {
    this.logger.trace({ context }, wordsOf(message));
  }
  warn(message: unknown, context?: unknown): void {
    this.logger.warn({ context }, wordsOf(message));
  }
  error(message: unknown, ...details: unknown[]): void {
    // Nest logs it before it throws it to us. The worker then prints it whole and ends.
    if (message instanceof ConfigError) return;
    this.logger.error({ details: details.map(String) }, wordsOf(message));
  }
  fatal(message: unknown, ...details: unknown[]): void {
    this.logger.fatal({ details: details.map(String) }, wordsOf(message));
  }
}

function wordsOf(message: unknown): string {
  return message instanceof Error ? errorText(message) : String(message);
}
