import { Inject, Injectable } from '@nestjs/common';
import { joinNames, readSmallFile, replaceFile } from '@vr/base';
import { ALERT_KINDS, cameraId, notNegative } from '@vr/contracts';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import { z } from 'zod';
import type { JanitorConfig } from '../config';
import type { Raised } from './alert-book';

const FILE = '.alerts.json';
/** An alert takes some hundred bytes, and each camera has one at most. */
const LIMIT_BYTES = 1024 * 1024;
const schema = z.array(z.object({ kind: z.enum(ALERT_KINDS), cameraId: cameraId.optional(), sinceMs: notNegative }));

/**
 * RECORDINGS_DIR/.alerts.json: the alerts that were told and are not over. So a restart tells none twice, and what is
 * over by then is cleared. Losing the file costs alerts that are told again.
 */
@Injectable()
export class AlertsFile {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'RECORDINGS_DIR'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async read(): Promise<Raised[]> {
    try {
      const text = await readSmallFile(this.path, LIMIT_BYTES);
      return text === undefined ? [] : schema.parse(JSON.parse(text));
    } catch (error) {
      this.logger.warn({ err: error }, `${this.path} cannot be read: alerts that last are told again`);
      return [];
    }
  }

  async write(raised: readonly Raised[]): Promise<void> {
    try {
      await replaceFile(this.path, JSON.stringify(raised), { temporaryName: `${FILE}.tmp`, isDurable: false });
    } catch (error) {
      this.logger.warn({ err: error }, `${this.path} cannot be written: a restart may tell alerts again`);
    }
  }

  private get path(): string {
    return joinNames(this.config.RECORDINGS_DIR, FILE);
  }
}
