/** What lets somebody in: the token itself, or the cookie that a browser got for it. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@vr/base';

export const SESSION_COOKIE = 'console_session';
export const SESSION_SECONDS = 30 * 86_400;

/**
 * A cookie is `{expires}.{proof}`. The proof is made of the token and a secret of this machine. So it is void once the
 * token changes, and nobody finds the token by trying cookies. Cookies may be tried without a limit; tokens may not.
 */
export class Credentials {
  constructor(
    private readonly token: string,
    private readonly secret: Buffer,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  isToken(given: string): boolean {
    return same(given, this.token);
  }

  newSession(): string {
    const expires = String(Math.floor(this.clock.nowMs() / 1000) + SESSION_SECONDS);
    return `${expires}.${this.proof(expires)}`;
  }

  isSession(given: string): boolean {
    const [, expires, proof] = /^(\d{1,12})\.([\w-]{43})$/.exec(given) ?? [];
    if (expires === undefined || proof === undefined) return false;
    return same(proof, this.proof(expires)) && Number(expires) * 1000 > this.clock.nowMs();
  }

  private proof(expires: string): string {
    const token = createHash('sha256').update(this.token).digest('hex');
    return createHmac('sha256', this.secret).update(`console session\n${token}\n${expires}`).digest('base64url');
  }
}

/** It takes the same time whatever is given, also for another length. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [digest(given), digest(wanted)];
  return timingSafeEqual(a, b);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The token of `Authorization: Bearer TOKEN`. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1]?.trim();
}

/**
 * The values of a cookie in a Cookie header. Other ports and paths of our host may have set cookies of that name beside
 * ours.
 */
export function cookiesOf(cookies: string | undefined, wanted: string): string[] {
  return (cookies ?? '').split(';').flatMap((cookie) => {
    const [name, value] = cookie.split('=', 2);
    return name?.trim() === wanted && value !== undefined ? [value.trim()] : [];
  });
}
