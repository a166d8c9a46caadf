/** The page that asks for the token, and the answers to its form. It works without a script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlencoded, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { setUserCookie } from './session.controller';
import { SESSION_COOKIE, SESSION_SECONDS } from './credentials';
import { addressOf, type Doorkeeper, type Verdict } from './doorkeeper';

const MARK = '<!-- notice -->';
const form = z.object({ user: z.string().catch(''), token: z.string().catch('') });

export interface SignIn {
  /** `GET /login.html`; with `?wrong` it says so. */
  page: RequestHandler;
  /** `POST /login` takes the token and gives a cookie that page scripts cannot read. */
  post: RequestHandler[];
}

export function signIn(doorkeeper: Doorkeeper, pageFolder: string): SignIn {
  const [before = '', after] = readFileSync(join(pageFolder, 'login.html'), 'utf8').split(MARK);
  if (after === undefined) throw new Error(`login.html has no ${MARK}`);
  const send = (response: Response, notice: string): void => {
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(`${before}${notice === '' ? '' : `<p class="wrong" role="alert">${notice}</p>`}${after}`);
  };
  const post: RequestHandler = async (request, response, next) => {
    if (request.method !== 'POST') return next();
    const { user, token } = form.parse(request.body ?? {});
    const address = addressOf(request);
    if (user !== '') {
      const named = await doorkeeper.tryPassword(address, user, token);
      if (named.in && named.session !== undefined) {
        setUserCookie(request, response, named.session);
        return response.redirect(303, '/');
      }
      return refuse(named, response, 'passwords came from here, or for this name');
    }
    const verdict = doorkeeper.tryToken(address, token);
    if (verdict.in) return enter(request, response, doorkeeper.newSession());
    return refuse(verdict, response, 'tokens came from here');
  };
  const refuse = (verdict: Verdict, response: Response, what: string): void => {
    const waitSeconds = verdict.in ? undefined : verdict.waitSeconds;
    if (waitSeconds === undefined) return response.redirect(303, '/login.html?wrong');
    response.status(429).set('Retry-After', String(waitSeconds));
    return send(response, `Too many wrong ${what}. Wait ${waitSeconds} seconds, then try again.`);
  };
  return {
    page: (request, response) => send(response, request.query['wrong'] === undefined ? '' : 'This token is wrong.'),
    post: [urlencoded({ extended: false, limit: '4kb' }), post],
  };
}

function enter(request: Request, response: Response, session: string | undefined): void {
  if (session !== undefined) {
    response.cookie(SESSION_COOKIE, session, {
      httpOnly: true,
      sameSite: 'strict',
      secure: request.secure,
      maxAge: SESSION_SECONDS * 1000,
      encode: String,
    });
  }
  response.redirect(303, '/');
}
