import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Request } from 'express';
import { bearerOf, sessionsOf, type Credentials } from './credentials';
import { plainAddress } from './host-names';
import { OPEN, TOKEN_HOLDER, type Principal } from './principal';
import type { WrongTokenReport } from './wrong-token-report';
import type { WrongTokens } from './wrong-tokens';

/** `waitSeconds`: this address gave too many wrong tokens, so the one that it gave now was not looked at. */
export type Verdict = { in: true; principal: Principal } | { in: false; waitSeconds?: number };

/** Knows who may come in. Without a token everybody may: the console then listens on loopback only. */
export class Doorkeeper {
  constructor(
    private readonly credentials: Credentials | undefined,
    private readonly wrongTokens: WrongTokens,
    private readonly report: WrongTokenReport,
  ) {}

  /** Judges a request by its cookie and its header. */
  judge(request: Request): Verdict {
    const { credentials } = this;
    if (!credentials) return { in: true, principal: OPEN };
    if (sessionsOf(request.get('cookie')).some((session) => credentials.isSession(session)))
      return { in: true, principal: TOKEN_HOLDER };
    const token = bearerOf(request.get('authorization'));
    return token === undefined ? { in: false } : this.tryToken(addressOf(request), token);
  }

  /** Judges a token that somebody at this address gave. */
  tryToken(address: string, token: string): Verdict {
    if (!this.credentials) return { in: true, principal: OPEN };
    const waitMs = this.wrongTokens.waitMs(address);
    if (waitMs > 0) return { in: false, waitSeconds: Math.ceil(waitMs / 1000) };
    if (token === '') return { in: false }; // no guess
    if (this.credentials.isToken(token)) return { in: true, principal: TOKEN_HOLDER };
    if (this.wrongTokens.count(address, createHash('sha256').update(token).digest('base64'))) this.report.tell(address);
    return { in: false };
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
