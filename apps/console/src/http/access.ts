/** Who may see what: one token for people and programs, or none where the console stands on loopback alone. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

const COOKIE = 'console_session';
const COOKIE_SECONDS = 30 * 86_400;
/** Probes and scrapers carry no token; signed links carry their own proof; the login page must be reachable to log in. */
const OPEN = [/^\/health\//, /^\/metrics$/, /^\/objects\//, /^\/login$/, /^\/(login\.html|style\.css|icon\.svg)$/];

export function guard(token: string | undefined): RequestHandler {
  return (request, response, next) => {
    // A page of somebody else in the same browser may send us forms: only our own page may change anything.
    const site = request.get('sec-fetch-site');
    if (!['GET', 'HEAD'].includes(request.method) && site !== undefined && site !== 'same-origin' && site !== 'none') {
      response.status(403).json({ error: { code: 'invalid_payload', message: 'Requests from other sites are not taken.' } });
      return;
    }
    if (token === undefined || OPEN.some((path) => path.test(request.path)) || isKnown(request, token)) {
      next();
      return;
    }
    refuse(request, response);
  };
}

/** `POST /login`: the token from a form, for a cookie that page scripts cannot read. */
export function login(token: string | undefined): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (request.method !== 'POST') {
      next();
      return;
    }
    const given: unknown = (request.body as Record<string, unknown> | undefined)?.token;
    if (token !== undefined && !(typeof given === 'string' && same(given, token))) {
      response.redirect(303, '/login.html?wrong');
      return;
    }
    if (token !== undefined) {
      response.cookie(COOKIE, session(token), { httpOnly: true, sameSite: 'strict', secure: request.secure, maxAge: COOKIE_SECONDS * 1000 });
    }
    response.redirect(303, '/');
  };
}

function refuse(request: Request, response: Response): void {
  if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html') {
    response.redirect(303, '/login.html');
    return;
  }
  response
    .status(401)
    .set('WWW-Authenticate', 'Bearer')
    .json({ error: { code: 'invalid_payload', message: 'Wanted the header "Authorization: Bearer <CONSOLE_API_TOKEN>".' } });
}

function isKnown(request: Request, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return same(bearer, token);
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(request.get('cookie') ?? '')?.[1];
  return cookie !== undefined && same(cookie, session(token));
}

/** What the cookie holds: proves the token without being it, and is void once the token changes. */
function session(token: string): string {
  return createHmac('sha256', token).update('video-recorder console session').digest('hex');
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
