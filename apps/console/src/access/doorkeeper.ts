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
    const { credentials, accounts } = this;
    if (!credentials && !accounts) return { in: true, principal: OPEN };
    const cookie = request.get('cookie');
    const user = accounts?.principalOf(cookie);
    if (user) return { in: true, principal: user };
    if (credentials && cookiesOf(cookie, SESSION_COOKIE).some((session) => credentials.isSession(session)))
      return { in: true, principal: TOKEN_HOLDER };
    const token = bearerOf(request.get('authorization'));
    if (token === undefined) return { in: false };
    return this.try(addressOf(request), token, (given) => accounts?.principalOfToken(given));
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
    this.isNewGuess(address, token);
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
      if (this.isNewGuess(address, `${name}\n${password}`)) this.wrongNames.count(name);
      return { in: false };
    });
  }

  /** Counts what was wrong, and tells of it. */
  private isNewGuess(address: string, given: string): boolean {
    const isNew = this.wrongTokens.count(address, createHash('sha256').update(given).digest('base64'));
    if (isNew) this.report.tell(address);
    return isNew;
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
