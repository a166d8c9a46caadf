/** The page that asks for the token, and the answers to its form. It works without a script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlencoded, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { SESSION_COOKIE, SESSION_SECONDS } from './credentials';
import { addressOf, type Doorkeeper } from './doorkeeper';

const MARK = '<!-- notice -->';
const form = z.object({ token: z.string().catch('') });

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
  const post: RequestHandler = (request, response, next) => {
    if (request.method !== 'POST') return next();
    const verdict = doorkeeper.tryToken(addressOf(request), form.parse(request.body ?? {}).token);
    if (verdict.in) return enter(request, response, doorkeeper.newSession());
    if (verdict.waitSeconds === undefined) return response.redirect(303, '/login.html?wrong');
    response.status(429).set('Retry-After', String(verdict.waitSeconds));
    return send(response, `Too many wrong tokens came from here. Wait ${verdict.waitSeconds} seconds, then try again.`);
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
