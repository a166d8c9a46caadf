import { createHash, randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { Limiter, readSmallFile, replaceFile, toSeconds, type Clock } from '@vr/base';
import { ContractError, type SessionView } from '@vr/contracts';
import type { Logger } from '@vr/service';
import { z } from 'zod';
import type { StoredUser, Users } from './users';
import { networkOf } from './wrong-tokens';

export const USER_COOKIE = 'vr_session';
export const LASTS_MS = 30 * 86_400_000;
const MOST_OF_ONE_USER = 50;
const FILE_BYTES = 16 * 1024 * 1024;

const storedSession = z.object({
  hash: z.string(),
  user: z.string(),
  mark: z.string(),
  expiresMs: z.number(),
  // Sessions of older versions have none of these.
  beganMs: z.number().optional(),
  address: z.string().optional(),
});
const storedSessions = z.object({ sessions: z.array(storedSession) });
type StoredSession = z.infer<typeof storedSession>;

/**
 * Who is signed in. On disk lie hashes, so whoever reads the file cannot use it. A session holds a mark of the password
 * that opened it: it ends with that password, and with its user, also where somebody edits USERS_FILE by hand.
 */
export class Sessions {
  private readonly turns = new Limiter(1);

  private constructor(
    private readonly path: string,
    private readonly users: Pick<Users, 'find'>,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private sessions: Map<string, StoredSession>,
  ) {}

  static async open(
    path: string,
    { users, clock, logger }: { users: Users; clock: Pick<Clock, 'nowMs'>; logger: Pick<Logger, 'warn'> },
  ): Promise<Sessions> {
    let kept: StoredSession[] = [];
    try {
      const text = await readSmallFile(path, FILE_BYTES);
      if (text !== undefined) kept = storedSessions.parse(JSON.parse(text)).sessions;
    } catch (error) {
      logger.warn({ err: error }, 'the sessions on disk cannot be read: everybody signs in again');
    }
    return new Sessions(path, users, clock, new Map(kept.map((session) => [session.hash, session])));
  }

  /** Resolves when the session is on the disk. */
  async begin(user: StoredUser, address: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const hash = digest(token);
    const beganMs = this.clock.nowMs();
    const others = [...this.sessions.values()].filter((session) => session.user === user.name);
    for (const { hash: oldest } of others.slice(0, -MOST_OF_ONE_USER + 1)) this.sessions.delete(oldest);
    const expiresMs = beganMs + LASTS_MS;
    this.sessions.set(hash, { hash, user: user.name, mark: markOf(user), expiresMs, beganMs, address });
    await this.keep();
    return token;
  }

  userOf(token: string): StoredUser | undefined {
    const session = this.sessions.get(digest(token));
    return session && this.openerOf(session);
  }

  /** Whether the user is signed in from this address, or from its network. */
  isFrom(name: string, address: string): boolean {
    const network = networkOf(address);
    return [...this.sessions.values()].some(
      (session) =>
        session.user === name &&
        session.address !== undefined &&
        networkOf(session.address) === network &&
        this.openerOf(session) !== undefined,
    );
  }

  async end(token: string): Promise<void> {
    if (this.sessions.delete(digest(token))) await this.keep();
  }

  /**
   * The newest first.
   * @param ofUser nobody else's; of all users where it is undefined
   * @param current the token that the requester has
   */
  list(ofUser: string | undefined, current: string | undefined): SessionView[] {
    const currentHash = current === undefined ? undefined : digest(current);
    return [...this.sessions.values()]
      .filter((session) => this.isOf(session, ofUser))
      .reverse()
      .map(({ hash, user, beganMs, expiresMs, address }) => ({
        session_id: idOf(hash),
        user,
        began_at: beganMs === undefined ? undefined : toSeconds(beganMs),
        expires_at: toSeconds(expiresMs),
        address,
        is_current: hash === currentHash,
      }));
  }

  /**
   * Throws `not_found`, also where it is of somebody else than `ofUser`.
   * @returns whose session it was
   */
  async revoke(id: string, ofUser: string | undefined): Promise<string> {
    const session = [...this.sessions.values()].find(({ hash }) => idOf(hash) === id);
    if (!session || !this.isOf(session, ofUser)) throw new ContractError('not_found', 'there is no such session');
    this.sessions.delete(session.hash);
    await this.keep();
    return session.user;
  }

  private isOf(session: StoredSession, ofUser: string | undefined): boolean {
    return (ofUser === undefined || session.user === ofUser) && this.openerOf(session) !== undefined;
  }

  /** Undefined where the session has ended. */
  private openerOf({ expiresMs, user: name, mark }: StoredSession): StoredUser | undefined {
    if (expiresMs <= this.clock.nowMs()) return undefined;
    const user = this.users.find(name);
    return user && markOf(user) === mark ? user : undefined;
  }

  private keep(): Promise<void> {
    return this.turns.run(async () => {
      const nowMs = this.clock.nowMs();
      const sessions = [...this.sessions.values()].filter(({ expiresMs }) => expiresMs > nowMs);
      await replaceFile(this.path, JSON.stringify({ sessions }), {
        temporaryName: `${basename(this.path)}.new`,
        isDurable: true,
        mode: 0o600,
      });
    });
  }
}

/** What a page has to send with every change. A page of another site cannot know it. */
export function csrfOf(token: string): string {
  return digest(`csrf\n${token}`);
}

/** A part of the hash: it names a session, and opens nothing. */
function idOf(hash: string): string {
  return hash.slice(0, 16);
}

function markOf({ password }: StoredUser): string {
  return digest(`${password.salt}.${password.hash}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
