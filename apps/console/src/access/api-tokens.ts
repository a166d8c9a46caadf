import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { Limiter, readSmallFile, replaceFile, toSeconds, type Clock } from '@vr/base';
import { ContractError, userFields, type ApiTokenView, type UserView } from '@vr/contracts';
import type { Logger } from '@vr/service';
import { z } from 'zod';

const FILE = '.api-tokens.json';
const FILE_BYTES = 1024 * 1024;
const MOST = 500;
/** People and scanners of secrets know by it what they found. */
const PREFIX = 'vrt_';

const storedToken = z.object({
  id: z.string(),
  hash: z.string(),
  ...userFields,
  createdMs: z.number(),
  createdBy: z.string(),
});
const storedTokens = z.object({ tokens: z.array(storedToken) });
type StoredToken = z.infer<typeof storedToken>;

/** What programs show instead of a name and a password. On disk lie hashes, so whoever reads the file cannot use it. */
export class ApiTokens {
  private readonly turns = new Limiter(1);
  /** They are refused, whether the disk has taken that yet or not. */
  private readonly revoked = new Set<string>();

  private constructor(
    private readonly path: string,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private tokens: readonly StoredToken[],
    /** What is on the disk cannot be read, and is not written over: a person may still mend it. */
    private readonly isUnreadable: boolean,
  ) {}

  static async open(usersFile: string, clock: Pick<Clock, 'nowMs'>, logger: Pick<Logger, 'warn'>): Promise<ApiTokens> {
    const path = join(dirname(usersFile), FILE);
    try {
      const text = await readSmallFile(path, FILE_BYTES);
      const kept = text === undefined ? [] : storedTokens.parse(JSON.parse(text)).tokens;
      return new ApiTokens(path, clock, kept, false);
    } catch (error) {
      logger.warn({ err: error, path }, 'the tokens on disk cannot be read: only CONSOLE_API_TOKEN works');
      return new ApiTokens(path, clock, [], true);
    }
  }

  /** Resolves when the token is on the disk. */
  async make(wanted: UserView, createdBy: string): Promise<{ view: ApiTokenView; token: string }> {
    const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
    const id = randomBytes(9).toString('base64url');
    const made = { ...wanted, id, hash: digest(token), createdMs: this.clock.nowMs(), createdBy };
    await this.change((tokens) => {
      if (tokens.some(({ name }) => name === wanted.name))
        throw new ContractError('conflict', 'there is a token of this name: revoke it, or take another name');
      if (tokens.length >= MOST) throw new ContractError('conflict', `there are ${MOST} tokens: revoke some first`);
      return [...tokens, made];
    });
    return { view: viewOf(made), token };
  }

  find(token: string): StoredToken | undefined {
    const hash = digest(token);
    return this.tokens.find((known) => known.hash === hash && !this.revoked.has(known.id));
  }

  list(): ApiTokenView[] {
    return this.tokens.map(viewOf).reverse();
  }

  /**
   * It holds at once. Where the disk does not take it, the caller hears that and may try again: a restart would bring
   * the token back. Throws `not_found`.
   * @returns the name of the token
   */
  async revoke(id: string): Promise<string> {
    const revoked = this.tokens.find((token) => token.id === id);
    if (!revoked) throw new ContractError('not_found', 'there is no such token');
    this.revoked.add(id);
    await this.change((tokens) => tokens.filter((token) => token.id !== id));
    return revoked.name;
  }

  private change(next: (tokens: readonly StoredToken[]) => StoredToken[]): Promise<void> {
    return this.turns.run(async () => {
      if (this.isUnreadable)
        throw new ContractError('conflict', 'the file of tokens cannot be read: mend it or move it, and start again');
      const tokens = next(this.tokens);
      await replaceFile(this.path, JSON.stringify({ tokens }), {
        temporaryName: `${basename(this.path)}.new`,
        isDurable: true,
        mode: 0o600,
      });
      this.tokens = tokens;
    });
  }
}

function viewOf({ id, name, role, cameras, createdMs, createdBy }: StoredToken): ApiTokenView {
  return { token_id: id, name, role, cameras, created_at: toSeconds(createdMs), created_by: createdBy };
}

function digest(text: string): string {
  return createHash('sha256').update(`token\n${text}`).digest('base64url');
}
