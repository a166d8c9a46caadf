import { createHash } from 'node:crypto';
import { Limiter } from '@vr/base';
import { ContractError } from '@vr/contracts';
import { isIP } from 'node:net';
import type { Request } from 'express';
import type { Accounts } from './accounts';
import { bearerOf, cookiesOf, SESSION_COOKIE, type Credentials } from './credentials';
import { plainAddress } from './host-names';
import { OPEN, TOKEN_HOLDER, type Principal } from './principal';
import type { WrongNames } from './wrong-names';
import type { WrongTokenReport } from './wrong-token-report';
import type { WrongTokens } from './wrong-tokens';

/**
 * `waitSeconds`: too many wrong tokens came from this address, or too many wrong passwords for this name. So what was
 * given now was not looked at.
 */
export type Verdict = { in: true; principal: Principal } | { in: false; waitSeconds?: number };

/** Passwords that wait for their turn. Each takes 16 MB and a core while it is looked at. */
const MOST_WAITING = 16;

/** Knows who may come in. With neither token nor users everybody may: the console then listens on loopback only. */
export class Doorkeeper {
  private readonly passwords = new Limiter(1, MOST_WAITING);

  constructor(
    private readonly credentials: Credentials | undefined,
    private readonly wrongTokens: WrongTokens,
    private readonly report: WrongTokenReport,
    private readonly wrongNames: WrongNames,
    readonly accounts?: Accounts,
  ) {}

  /** Judges a request by its cookie and its header. */
  judge(request: Request): Verdict {
    const principal = this.withoutToken(request);
    if (principal) return { in: true, principal };
    const token = bearerOf(request.get('authorization'));
    if (token === undefined) return { in: false };
    return this.try(addressOf(request), token, (given) => this.accounts?.principalOfToken(given));
  }

  /**
   * Looks again at the proof of a request that was let in: whose it is by now, and undefined where it ended. That is no
   * guess, so guesses of others at the same address neither hold it up nor keep it alive.
   */
  stillHolds(request: Request): Principal | undefined {
    const principal = this.withoutToken(request);
    const token = bearerOf(request.get('authorization'));
    if (principal || token === undefined) return principal;
    return this.credentials?.isToken(token) ? TOKEN_HOLDER : this.accounts?.principalOfToken(token);
  }

  private withoutToken(request: Request): Principal | undefined {
    const { credentials, accounts } = this;
    if (!credentials && !accounts) return OPEN;
    const cookie = request.get('cookie');
    const user = accounts?.principalOf(cookie);
    if (user) return user;
    const isSession = cookiesOf(cookie, SESSION_COOKIE).some((session) => credentials?.isSession(session));
    return isSession ? TOKEN_HOLDER : undefined;
  }

  /**
   * Judges what somebody at this address gave as CONSOLE_API_TOKEN. Other tokens are wrong here: the browser gets the
   * rights of that one.
   */
  tryToken(address: string, token: string): Verdict {
    return this.credentials || this.accounts
      ? this.try(address, token, () => undefined)
      : { in: true, principal: OPEN };
  }

  private try(address: string, token: string, other: (token: string) => Principal | undefined): Verdict {
    const { credentials } = this;
    const waitMs = this.wrongTokens.waitMs(address);
    if (waitMs > 0) return { in: false, waitSeconds: Math.ceil(waitMs / 1000) };
    if (token === '') return { in: false }; // no guess
    if (credentials?.isToken(token)) return { in: true, principal: TOKEN_HOLDER };
    const principal = other(token);
    if (principal) return { in: true, principal };
    this.countWrong(address, token);
    return { in: false };
  }

  /**
   * Judges a name and a password. One after another: an address whose guess was wrong waits, also with what it sent at
   * the same time.
   * @returns what the browser gets, where they are right
   */
  async tryPassword(address: string, name: string, password: string): Promise<Verdict & { session?: string }> {
    const { accounts } = this;
    if (!accounts) return { in: false };
    if (this.passwords.waiting >= MOST_WAITING)
      throw new ContractError('too_many_requests', 'too many sign in at this moment: try again', {
        retryAfterMs: 5000,
      });
    return this.passwords.run(async () => {
      const isKnown = accounts.sessions.isFrom(name, address);
      const waitMs = Math.max(this.wrongTokens.waitMs(address), isKnown ? 0 : this.wrongNames.waitMs(name, address));
      if (waitMs > 0) return { in: false, waitSeconds: Math.ceil(waitMs / 1000) };
      const entered = await accounts.enter(name, password, address);
      if (entered) {
        this.wrongNames.signedIn(name, address);
        return { in: true, ...entered };
      }
      this.countWrong(address, `${name}\n${password}`);
      this.wrongNames.count(name); // the same wrong password again is no new guess, but each try takes a core
      return { in: false };
    });
  }

  /** Counts what was wrong, and tells of it. The same again is not counted: a program may have an old token. */
  private countWrong(address: string, given: string): void {
    const isNew = this.wrongTokens.count(address, createHash('sha256').update(given).digest('base64'));
    if (isNew) this.report.tell(address);
  }

  /** What a browser gets for the token. */
  newSession(): string | undefined {
    return this.credentials?.newSession();
  }
}

/**
 * Where a request comes from. With CONSOLE_TRUST_PROXY it is what the proxy says, where that is an address: we keep it,
 * and requesters must not choose words of any length.
 */
export function addressOf({
  ip,
  socket,
}: {
  ip?: string | undefined;
  socket: Pick<Request['socket'], 'remoteAddress'>;
}): string {
  const said = plainAddress(ip ?? '').replace(/%.*$/s, '');
  return isIP(said) === 0 ? plainAddress(socket.remoteAddress ?? 'unknown address') : said;
}
