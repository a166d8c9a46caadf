import type { LoggerService } from '@nestjs/common';
import { maskPasswords } from '@vr/contracts';
import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** The worker's logger: JSON lines on stdout (or another file descriptor), every line with its URL passwords masked. */
export function createLogger(name: string, level: string, fd = 1): Logger {
  const stdout = pino.destination({ fd, sync: true });
  return pino(
    { name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => stdout.write(maskPasswords(line)) },
  );
}

/** Nest's own messages in our log: its start-up chatter at debug, its warnings and errors as they are. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, String(message));
  }
  debug(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: unknown): void {
    this.logger.trace({ context }, String(message));
  }
  warn(message: unknown, context?: unknown): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, ...details: unknown[]): void {
    this.logger.error({ details: details.map(String) }, message instanceof Error ? message.message : String(message));
  }
  fatal(message: unknown, ...details: unknown[]): void {
    this.logger.fatal({ details: details.map(String) }, String(message));
  }
}
