import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Limiter, readSmallFile, replaceFile, toSeconds, type Clock } from '@vr/base';
import { cameraId, ContractError, type CameraId, type ShareView } from '@vr/contracts';
import type { Logger } from '@vr/service';
import { z } from 'zod';

const FILE_BYTES = 4 * 1024 * 1024;
const MOST_OPEN = 1000;
/** Ended links answer 410 as long as they are known. The oldest are forgotten first, and then answer 404. */
const MOST_ENDED = 1000;

const storedShare = z.object({
  id: z.string(),
  hash: z.string(),
  cameraId,
  startMs: z.number(),
  endMs: z.number(),
  createdMs: z.number(),
  createdBy: z.string(),
  expiresMs: z.number(),
  isRevoked: z.boolean(),
  opened: z.int(),
});
const storedShares = z.object({ shares: z.array(storedShare) });
export type StoredShare = z.infer<typeof storedShare>;

export interface NewShare {
  cameraId: CameraId;
  startMs: number;
  endMs: number;
  expiresMs: number;
  createdBy: string;
}

/** Links that need no account. On disk lie hashes, so whoever reads the file cannot use it. */
export class Shares {
  private readonly turns = new Limiter(1);
  /** The next write takes what is counted until it begins. */
  private isCountWaiting = false;

  private constructor(
    private readonly path: string,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly logger: Pick<Logger, 'warn'>,
    private shares: StoredShare[],
    /** What is on the disk cannot be read, and is not written over: a person may still mend it. */
    private readonly isUnreadable: boolean,
  ) {}

  static async open(path: string, clock: Pick<Clock, 'nowMs'>, logger: Pick<Logger, 'warn'>): Promise<Shares> {
    try {
      const text = await readSmallFile(path, FILE_BYTES);
      const kept = text === undefined ? [] : storedShares.parse(JSON.parse(text)).shares;
      return new Shares(path, clock, logger, kept, false);
    } catch (error) {
      logger.warn({ err: error, path }, 'the shares on disk cannot be read: no link works, and none can be made');
      return new Shares(path, clock, logger, [], true);
    }
  }

  /** Resolves when the share is on the disk. The token is told once. */
  async make(wanted: NewShare): Promise<{ share: ShareView; token: string }> {
    if (this.shares.filter((share) => this.stateOf(share) === 'open').length >= MOST_OPEN)
      throw new ContractError('conflict', `there are ${MOST_OPEN} open shares: revoke some first`);
    const token = randomBytes(32).toString('base64url');
    const id = randomBytes(9).toString('base64url');
    const made = { ...wanted, id, hash: digest(token), createdMs: this.clock.nowMs(), isRevoked: false, opened: 0 };
    this.shares = [...this.shares, made];
    try {
      await this.keep();
    } catch (error) {
      this.shares = this.shares.filter((share) => share !== made);
      throw error;
    }
    return { share: this.viewOf(made), token };
  }

  find(token: string): StoredShare | undefined {
    const hash = digest(token);
    return this.shares.find((share) => share.hash === hash);
  }

  named(id: string): StoredShare | undefined {
    return this.shares.find((share) => share.id === id);
  }

  stateOf({ isRevoked, expiresMs }: StoredShare): ShareView['state'] {
    if (isRevoked) return 'revoked';
    return expiresMs <= this.clock.nowMs() ? 'expired' : 'open';
  }

  list(sees: (cameraId: string) => boolean): ShareView[] {
    return this.shares
      .filter((share) => sees(share.cameraId))
      .map((share) => this.viewOf(share))
      .reverse();
  }

  /** It holds at once. Where the disk does not take it, the caller hears that: a restart would open it again. */
  async revoke(share: StoredShare): Promise<void> {
    share.isRevoked = true;
    await this.keep();
  }

  /** Counts somebody who opened the page. A count that cannot be kept shows the page all the same. */
  count(share: StoredShare): void {
    share.opened += 1;
    if (this.isCountWaiting) return;
    this.isCountWaiting = true;
    this.keep().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'how often a share was opened cannot be kept');
    });
  }

  private viewOf(share: StoredShare): ShareView {
    return {
      share_id: share.id,
      camera_id: share.cameraId,
      start: toSeconds(share.startMs),
      end: toSeconds(share.endMs),
      created_at: toSeconds(share.createdMs),
      created_by: share.createdBy,
      expires_at: toSeconds(share.expiresMs),
      state: this.stateOf(share),
      opened: share.opened,
    };
  }

  private keep(): Promise<void> {
    return this.turns.run(async () => {
      this.isCountWaiting = false;
      if (this.isUnreadable)
        throw new ContractError('conflict', 'the file of shares cannot be read: mend it or move it, and start again');
      const ended = this.shares.filter((share) => this.stateOf(share) !== 'open');
      const forgotten = new Set(ended.slice(0, -MOST_ENDED));
      this.shares = this.shares.filter((share) => !forgotten.has(share));
      await mkdir(dirname(this.path), { recursive: true });
      await replaceFile(this.path, JSON.stringify({ shares: this.shares }), {
        temporaryName: `${basename(this.path)}.new`,
        isDurable: true,
        mode: 0o600,
      });
    });
  }
}

function digest(token: string): string {
  return createHash('sha256').update(`share\n${token}`).digest('base64url');
}
