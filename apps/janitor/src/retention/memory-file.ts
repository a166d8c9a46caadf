import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { joinNames, readSmallFile, replaceFile } from '@vr/base';
import { notNegative } from '@vr/contracts';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import { z } from 'zod';
import type { JanitorConfig } from '../config';

const announcements = z.array(z.object({ group: z.string(), rule: z.string(), announcedMs: notNegative }));
const share = z.object({ bytes: notNegative, setMs: notNegative });
const schema = z.object({
  seenMs: notNegative.optional(),
  doubtedUntilMs: notNegative.optional(),
  shares: z.object({ clip: share.optional(), snapshot: share.optional() }).optional(),
  announced: announcements,
  announcedObjects: announcements,
});
export type JanitorMemory = z.infer<typeof schema>;

const FILE = '.janitor.json';
/** The file grows by a hundred bytes for each camera and each of its days. */
const LIMIT_BYTES = 4 * 1024 * 1024;

/** Keeps what the next pass must know, in RECORDINGS_DIR/.janitor.json. Losing it costs only a second look. */
@Injectable()
export class MemoryFile {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'RECORDINGS_DIR'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async read(): Promise<JanitorMemory> {
    try {
      const text = await readSmallFile(this.path, LIMIT_BYTES);
      if (text !== undefined) return schema.parse(JSON.parse(text));
    } catch (error) {
      this.logger.warn({ err: error }, `${this.path} cannot be read: announced deletions are announced anew`);
    }
    return { announced: [], announcedObjects: [] };
  }

  async write(memory: JanitorMemory): Promise<void> {
    const temporaryName = `${FILE}.${randomBytes(4).toString('hex')}.tmp`;
    await replaceFile(this.path, JSON.stringify(memory), { temporaryName, isDurable: false });
  }

  private get path(): string {
    return joinNames(this.config.RECORDINGS_DIR, FILE);
  }
}
