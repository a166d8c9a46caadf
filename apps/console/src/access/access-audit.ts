import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@vr/audit';
import type { Clock } from '@vr/base';
import type { AuditEntry } from '@vr/contracts';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@vr/service';
import type { Request } from 'express';
import type { ConsoleConfig } from '../config';
import { addressOf } from './doorkeeper';
import type { Principal } from './principal';

/** Who signed in and out, and who changed a user. An audit that cannot be written keeps nobody out. */
@Injectable()
export class AccessAudit {
  private readonly log: AuditLog;

  constructor(
    @Inject(CONFIG) config: Pick<ConsoleConfig, 'AUDIT_DIR' | 'RECORDINGS_DIR'>,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {
    this.log = AuditLog.of(config, clock);
  }

  async write(principal: Principal, request: Request, action: AuditEntry['action'], what: string): Promise<void> {
    const entry = { who: `${principal.name} ${addressOf(request)}`, action, what, why: 'not said' };
    try {
      await this.log.write([entry]);
    } catch (error) {
      this.logger.error({ err: error, entry }, 'a sign-in or a change of users cannot be written down in the audit');
    }
  }
}
