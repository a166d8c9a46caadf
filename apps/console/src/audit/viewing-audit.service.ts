import { Inject, Injectable } from '@nestjs/common';
import { maskSecrets } from '@vr/base';
import type { AuditEntry, Clock } from '@vr/contracts';
import { AuditLog } from '@vr/footage';
import { CLOCK, CONFIG, HealthRegistry, LOGGER, type Logger } from '@vr/service';
import type { Request } from 'express';
import { addressOf } from '../access/doorkeeper';
import type { ConsoleConfig } from '../config';

/** A player asks for a clip in many pieces, a page for its pictures again and again: by one viewer within this time it is one view. */
const ONE_VIEW_MS = 600_000;
const MOST_REMEMBERED = 10_000;

export type Viewed = Pick<AuditEntry, 'what' | 'kind' | 'camera_id' | 'start' | 'end' | 'size_bytes'>;

/** Who saw or took what through the console. `?download` in the address tells taking from seeing; `?reason=` may say why. */
@Injectable()
export class ViewingAudit {
  private readonly log: AuditLog;
  /** Key of a view -> when it began, oldest first. */
  private readonly seen = new Map<string, number>();
  private trouble: string | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'AUDIT_DIR' | 'RECORDINGS_DIR' | 'CONSOLE_API_TOKEN'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
    @Inject(HealthRegistry) health: HealthRegistry,
  ) {
    this.log = AuditLog.of(config, clock);
    health.register('audit', () => {
      if (this.trouble !== undefined) return { state: 'degraded', sentence: this.trouble };
      return { state: 'up', sentence: 'views and downloads are written down' };
    });
  }

  /** Resolves when it is written, before a byte is sent. What cannot be written is shouted about, and shown all the same. */
  async viewed(request: Request, viewed: Viewed): Promise<void> {
    if (request.method !== 'GET') return;
    const action = isDownload(request) ? 'download' : 'view';
    const who = `${this.proofOf(request)} ${addressOf(request)}`;
    if (this.isSameView(`${who} ${action} ${viewed.what} ${viewed.start ?? ''} ${viewed.end ?? ''}`)) return;
    const entry = { who, action, why: reasonOf(request), ...viewed } as const;
    try {
      await this.log.write([entry]);
      this.trouble = undefined;
    } catch (error) {
      this.trouble = `views cannot be written down (${(error as Error).message}): see to AUDIT_DIR`;
      this.logger.error({ err: error, entry }, 'a view cannot be written down');
    }
  }

  private proofOf({ path }: Request): 'link' | 'token' | 'anyone' {
    if (path.startsWith('/objects/')) return 'link';
    return this.config.CONSOLE_API_TOKEN === undefined ? 'anyone' : 'token';
  }

  private isSameView(key: string): boolean {
    const nowMs = this.clock.monotonicMs();
    for (const [old, atMs] of this.seen) {
      if (nowMs - atMs < ONE_VIEW_MS && this.seen.size <= MOST_REMEMBERED) break;
      this.seen.delete(old);
    }
    if (this.seen.has(key)) return true;
    this.seen.set(key, nowMs);
    return false;
  }
}

export function isDownload({ query }: Pick<Request, 'query'>): boolean {
  return query['download'] !== undefined;
}

function reasonOf({ query }: Request): string {
  const reason = query['reason'];
  return typeof reason === 'string' && reason !== '' ? maskSecrets(reason, { upTo: 200 }) : 'not said';
}
