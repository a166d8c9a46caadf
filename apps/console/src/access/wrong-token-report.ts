import type { Clock } from '@vr/base';
import type { AuditEntry } from '@vr/contracts';
import type { Logger } from '@vr/service';
import { networkOf } from './wrong-tokens';

const QUIET_MS = 60_000;
/** Guessers choose their addresses: they must not choose our memory, nor how much we write. */
const MOST_LINES = 30;

interface Parts {
  audit: { write(entries: Iterable<Omit<AuditEntry, 'at'>>): Promise<void> };
  logger: Pick<Logger, 'warn' | 'error'>;
  clock: Pick<Clock, 'monotonicMs'>;
}

/** Who gives wrong tokens: a line of log and one of audit a minute for each address, of 30 addresses at most. */
export class WrongTokenReport {
  private readonly told = new Map<string, { atMs: number; silent: number }>();
  private silentOthers = 0;

  constructor(private readonly parts: Parts) {}

  tell(address: string): void {
    const nowMs = this.parts.clock.monotonicMs();
    const network = networkOf(address);
    const before = this.told.get(network);
    if (before && nowMs - before.atMs < QUIET_MS) {
      before.silent += 1;
      return;
    }
    for (const [other, { atMs }] of this.told)
      if (other !== network && nowMs - atMs >= QUIET_MS) this.told.delete(other);
    if (!before && this.told.size >= MOST_LINES) {
      this.silentOthers += 1;
      return;
    }
    this.told.set(network, { atMs: nowMs, silent: 0 });
    this.write(address, 1 + (before?.silent ?? 0), this.silentOthers);
    this.silentOthers = 0;
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
