import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import { z } from 'zod';
import type { JanitorConfig } from '../config';

const announcements = z.array(z.object({ group: z.string(), rule: z.string(), announcedMs: z.number() }));
const share = z.object({ bytes: z.number(), setMs: z.number() });
const schema = z.object({
  seenMs: z.number().optional(),
  doubtedUntilMs: z.number().optional(),
  shares: z.object({ clip: share.optional(), snapshot: share.optional() }).optional(),
  announced: announcements,
  announcedObjects: announcements,
});
export type JanitorMemory = z.infer<typeof schema>;

const FILE = '.janitor.json';

/** What a pass tells the next one, in RECORDINGS_DIR/.janitor.json. Losing it costs a second look, nothing else. */
@Injectable()
export class MemoryFile {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'RECORDINGS_DIR'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async read(): Promise<JanitorMemory> {
    try {
      return schema.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.logger.warn({ err: error }, `${this.path} cannot be read: announced deletions are announced anew`);
      return { announced: [], announcedObjects: [] };
    }
  }

  async write(memory: JanitorMemory): Promise<void> {
    const temporary = `${this.path}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      await writeFile(temporary, JSON.stringify(memory));
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  private get path(): string {
    return join(this.config.RECORDINGS_DIR, FILE);
  }
}
