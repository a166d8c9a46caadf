import { randomBytes } from 'node:crypto';
import { bearerOf, Credentials, cookiesOf, SESSION_COOKIE, SESSION_SECONDS } from './credentials';

describe('credentials', () => {
  let nowMs = Date.UTC(2026, 10, 23);
  const clock = { nowMs: () => nowMs };
  const secret = randomBytes(32);
  const credentials = new Credentials('open-sesame-1', secret, clock);

  it('are the token, to the letter', () => {
    expect(credentials.isToken('open-sesame-1')).toBe(true);
    for (const given of ['', 'open-sesame-', 'open-sesame-12', 'Open-sesame-1', 'open-sesame-1\0'])
      expect(credentials.isToken(given)).toBe(false);
  });

  it('are a session of 30 days, of this token and this machine', () => {
    const session = credentials.newSession();
    expect(session).not.toContain('open-sesame-1');
    expect(credentials.isSession(session)).toBe(true);
    expect(new Credentials('open-sesame-2', secret, clock).isSession(session)).toBe(false);
    expect(new Credentials('open-sesame-1', randomBytes(32), clock).isSession(session)).toBe(false);
    const [expires = '', proof = ''] = session.split('.');
    for (const given of [
      `${Number(expires) + 1}.${proof}`,
      `0${expires}.${proof}`,
      `${expires}.${proof}x`,
      `${expires}.`,
      `.${proof}`,
      '',
      'x',
    ])
      expect(credentials.isSession(given)).toBe(false);
    nowMs += SESSION_SECONDS * 1000;
    expect(credentials.isSession(session)).toBe(false);
  });

  it('are found in their headers', () => {
    expect(
      ['Bearer abc', 'bearer  abc ', 'Bearer a b', 'Basic abc', 'Bearer', 'Bearer ', undefined].map(bearerOf),
    ).toEqual(['abc', 'abc', 'a b', undefined, undefined, undefined, undefined]);
    expect(
      ['console_session=1.a', 'a=b; console_session=1.a', 'xconsole_session=1.a', 'a=console_session=1', undefined].map(
        (cookies: string | undefined) => cookiesOf(cookies, SESSION_COOKIE),
      ),
    ).toEqual([['1.a'], ['1.a'], [], [], []]);
    expect(cookiesOf('console_session=junk; console_session=2.b;console_session', SESSION_COOKIE)).toEqual([
      'junk',
      '2.b',
    ]);
  });
});
