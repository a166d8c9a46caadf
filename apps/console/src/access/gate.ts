import { hostNameOf } from '@vr/base';
import type { Request, RequestHandler, Response } from 'express';
import type { Doorkeeper } from './doorkeeper';
import type { HostNames } from './host-names';
import { openRoute } from './open-routes';
import { isOurPageOrNone, originOf, type PageHeaders } from './requester';

/**
 * What every request passes before anything else looks at it: by which name it asks, whose page sent it, and whether it may come in.
 * The first two hold without a token too, and for those who have one.
 */
export function gate({ names, doorkeeper, publicUrl }: { names: HostNames; doorkeeper: Doorkeeper; publicUrl: string }): RequestHandler {
  return (request, response, next) => {
    const open = openRoute(request.method, request.path);
    if (open?.toAnybody) return next();
    if (open?.embeddable) response.set('Cross-Origin-Resource-Policy', 'cross-origin');
    // The header itself, also behind a proxy: any page may write X-Forwarded-Host.
    const { host } = request.headers;
    const name = hostNameOf(host);
    if (name === undefined || !names.accepts(name, request.socket.localAddress)) return refuseName(name, response);
    const ours = [`${request.protocol}://${host ?? ''}`, publicUrl].map(originOf);
    if (!open?.embeddable && !isOurPageOrNone(pageHeaders(request), ours)) return refusePage(response);
    if (open) return next();
    const verdict = doorkeeper.judge(request);
    if (verdict.in) return next();
    if (verdict.waitSeconds !== undefined) return refuseForNow(verdict.waitSeconds, response);
    return refuse(request, response);
  };
}

function pageHeaders(request: Request): PageHeaders {
  const { method } = request;
  return { method, site: request.get('sec-fetch-site'), mode: request.get('sec-fetch-mode'), dest: request.get('sec-fetch-dest'), origin: request.get('origin') };
}

function refuseName(name: string | undefined, response: Response): void {
  const asked = name === undefined ? 'nothing that could be a name' : `"${name}"`;
  const message = `The console is not known as ${asked}. If this name is right, add it to CONSOLE_ALLOWED_HOSTS, or make it that of CONSOLE_PUBLIC_URL.`;
  response.status(403).json({ error: { code: 'invalid_payload', message } });
}

function refusePage(response: Response): void {
  response.status(403).json({ error: { code: 'invalid_payload', message: 'Requests from pages of other sites are not taken.' } });
}

function refuseForNow(waitSeconds: number, response: Response): void {
  const message = `Too many wrong tokens came from this address: wait ${waitSeconds} s.`;
  response.status(429).set('Retry-After', String(waitSeconds)).json({ error: { code: 'too_many_requests', message } });
}

function refuse(request: Request, response: Response): void {
  if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html') {
    response.redirect(303, '/login.html');
    return;
  }
  const message = 'Wanted the header "Authorization: Bearer <CONSOLE_API_TOKEN>".';
  response.status(401).set('WWW-Authenticate', 'Bearer').json({ error: { code: 'invalid_payload', message } });
}
