import { LogGate, type Clock } from '@vr/base';
import type { AuditEntry } from '@vr/contracts';
import type { Logger } from '@vr/service';
import { networkOf } from './wrong-tokens';

/** Guessers choose their addresses. They must not choose how much memory we use or how much we write. */
const MOST_LINES = 30;

interface Parts {
  audit: { write(entries: Iterable<Omit<AuditEntry, 'at'>>): Promise<void> };
  logger: Pick<Logger, 'warn' | 'error'>;
  clock: Pick<Clock, 'monotonicMs'>;
}

/**
 * Tells who gives wrong tokens: one line of log and one of audit a minute for each address, for 30 addresses at most.
 */
export class WrongTokenReport {
  private readonly lines: LogGate;

  constructor(private readonly parts: Parts) {
    this.lines = new LogGate(parts.clock, MOST_LINES);
  }

  tell(address: string): void {
    const line = this.lines.turn(networkOf(address));
    if (line) this.write(address, 1 + line.silent, line.others);
  }

  private write(address: string, count: number, others: number): void {
    const { audit, logger } = this.parts;
    logger.warn({ address, count, ...(others > 0 ? { others } : {}) }, 'a wrong CONSOLE_API_TOKEN was given');
    const ofOthers = others > 0 ? `, and ${others} of other addresses` : '';
    const why = `${count} wrong token${count === 1 ? '' : 's'}${ofOthers}`;
    audit
      .write([{ who: `anyone ${address}`, action: 'sign_in_refused', what: 'console', why }])
      .catch((error: unknown) => {
        logger.error({ err: error }, 'a wrong token cannot be written down in the audit');
      });
  }
}
