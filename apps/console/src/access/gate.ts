import { hostNameOf } from '@vr/base';
import { ContractError, type ErrorCode } from '@vr/contracts';
import { unknownCamera } from '@vr/service';
import type { Request, RequestHandler, Response } from 'express';
import type { Doorkeeper } from './doorkeeper';
import type { HostNames } from './host-names';
import { openRoute } from './open-routes';
import { mayDo, rememberPrincipal, type Principal } from './principal';
import { isOurPageOrNone, originOf, type PageHeaders } from './requester';
import { neededFor } from './route-rights';

/**
 * Every request passes here before anything else looks at it: by which name does it ask, whose page sent it, may it
 * come in, and may it do this? The first two questions are asked without a token, too, and of those who have it.
 */
export function gate({
  names,
  doorkeeper,
  publicUrl,
}: {
  names: HostNames;
  doorkeeper: Doorkeeper;
  publicUrl: string;
}): RequestHandler {
  return (request, response, next) => {
    const open = openRoute(request.method, request.path);
    if (open?.toAnybody) return next();
    if (open?.embeddable) response.set('Cross-Origin-Resource-Policy', 'cross-origin');
    // The header itself counts, also behind a proxy: any page may write X-Forwarded-Host.
    const { host } = request.headers;
    const name = hostNameOf(host);
    if (name === undefined || !names.accepts(name, request.socket.localAddress)) return refuseName(name, response);
    const ours = [`${request.protocol}://${host ?? ''}`, publicUrl].map(originOf);
    if (!open?.embeddable && !isOurPageOrNone(pageHeaders(request), ours)) return refusePage(response);
    if (open) return next();
    const verdict = doorkeeper.judge(request);
    if (verdict.in) {
      rememberPrincipal(request, verdict.principal);
      return next(refusalOf(request, verdict.principal));
    }
    if (verdict.waitSeconds !== undefined) return refuseForNow(verdict.waitSeconds, response);
    return refuse(request, response);
  };
}

/**
 * Why the principal may not do this; undefined where he may. Admins see every camera and may do everything. A camera
 * that somebody does not see is one that does not exist, whether it exists or not.
 */
function refusalOf(request: Request, principal: Principal): ContractError | undefined {
  const { method, path } = request;
  const { session } = principal;
  if (session && !['GET', 'HEAD'].includes(method) && request.get('x-csrf-token') !== session.csrf)
    return new ContractError('forbidden', 'wanted the header X-CSRF-Token with what GET /api/session says');
  if (principal.role === 'admin') return undefined;
  const needed = neededFor(method, path);
  if (!needed) return new ContractError('not_found', 'there is nothing here');
  const { camera, least } = needed;
  if (camera && (camera.id === undefined || !principal.sees(camera.id))) return unknownCamera(camera.text);
  if (mayDo(principal, least)) return undefined;
  return new ContractError(
    'forbidden',
    `This needs the role ${least}; ${principal.name} has ${principal.role ?? 'none'}.`,
  );
}

function pageHeaders(request: Request): PageHeaders {
  const { method } = request;
  return {
    method,
    site: request.get('sec-fetch-site'),
    mode: request.get('sec-fetch-mode'),
    dest: request.get('sec-fetch-dest'),
    origin: request.get('origin'),
  };
}

function tell(response: Response, status: number, code: ErrorCode, message: string): void {
  response.status(status).json({ error: { code, message } });
}

function refuseName(name: string | undefined, response: Response): void {
  const asked = name === undefined ? 'nothing that could be a name' : `"${name}"`;
  const what = 'If this name is right, add it to CONSOLE_ALLOWED_HOSTS, or make it that of CONSOLE_PUBLIC_URL.';
  tell(response, 403, 'forbidden', `The console is not known as ${asked}. ${what}`);
}

function refusePage(response: Response): void {
  tell(response, 403, 'forbidden', 'Requests from pages of other sites are not taken.');
}

function refuseForNow(waitSeconds: number, response: Response): void {
  response.set('Retry-After', String(waitSeconds));
  tell(response, 429, 'too_many_requests', `Too many wrong tokens came from this address: wait ${waitSeconds} s.`);
}

function refuse(request: Request, response: Response): void {
  if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html') {
    response.redirect(303, '/login.html');
    return;
  }
  response.set('WWW-Authenticate', 'Bearer');
  tell(response, 401, 'unauthorized', 'Wanted the header "Authorization: Bearer <CONSOLE_API_TOKEN>".');
}
