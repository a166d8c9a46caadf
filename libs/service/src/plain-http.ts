import { isIP } from 'node:net';
import { hostNameOf, isLoopback } from '@vr/base';

/** The parts of Express' request and response that we use here. */
interface Request {
  path: string;
  headers: { host?: string };
}
interface Response {
  set(headers: Record<string, string>): this;
  status(code: number): this;
  json(body: unknown): this;
}

const PATHS = ['/health/live', '/health/ready', '/metrics'];

/**
 * Guards the HTTP of a worker that shows health and metrics alone. Browsers show none of it in pages. On loopback only
 * names of this machine may ask: a page of another site can make its own name lead here (DNS rebinding), and the Host
 * header reveals it. Beyond loopback (in containers) addresses and names without a dot may ask too, as compose gives
 * them: no page has such a name. METRICS_ALLOWED_HOSTS adds further names.
 */
export function plainHttp(
  httpHost: string,
  allowedHosts: readonly string[] = [],
): (request: Request, response: Response, next: () => void) => void {
  const onLoopback = isLoopback(hostNameOf(httpHost) ?? httpHost);
  const allowed = new Set(allowedHosts.map((name) => hostNameOf(name) ?? name));
  const isOurs = (name: string): boolean =>
    isLoopback(name) || allowed.has(name) || (!onLoopback && name !== '' && (isIP(name) !== 0 || !name.includes('.')));
  return (request, response, next) => {
    response.set({
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    });
    const mayAsk = request.path === '/health/live' || isOurs(hostNameOf(request.headers.host) ?? '');
    if (mayAsk && PATHS.includes(request.path.replace(/\/$/, ''))) return next();
    if (mayAsk) {
      // We do not leave this to Nest, whose answer repeats the path and query as they came.
      response.status(404).json({ error: { code: 'not_found', message: `Wanted one of ${PATHS.join(', ')}.` } });
      return;
    }
    response.status(403).json({
      error: {
        code: 'forbidden',
        message:
          `This worker is asked by ${onLoopback ? '127.0.0.1 or localhost' : 'an address, a name without dots'}, ` +
          'or a name in METRICS_ALLOWED_HOSTS.',
      },
    });
  };
}
