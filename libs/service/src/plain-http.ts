import { hostNameOf, isLoopback } from '@vr/base';

/** The parts of Express' request and response that are used here. */
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
 * What stands before the HTTP of a worker that shows health and metrics alone. Browsers show none of it in pages. On
 * loopback it is asked by names of this machine only: a page of another site can make its own name lead here (DNS
 * rebinding), and the Host header tells. Beyond loopback (in containers) it is asked by whatever name the network has
 * for it.
 */
export function plainHttp(httpHost: string): (request: Request, response: Response, next: () => void) => void {
  const onLoopback = isLoopback(hostNameOf(httpHost) ?? httpHost);
  return (request, response, next) => {
    response.set({
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    });
    const mayAsk = !onLoopback || request.path === '/health/live' || isLoopback(hostNameOf(request.headers.host) ?? '');
    if (mayAsk && PATHS.includes(request.path.replace(/\/$/, ''))) return next();
    if (mayAsk) {
      // Not left to Nest, whose answer repeats the path and query as they came.
      response.status(404).json({ error: { code: 'invalid_payload', message: `Wanted one of ${PATHS.join(', ')}.` } });
      return;
    }
    response
      .status(403)
      .json({
        error: {
          code: 'invalid_payload',
          message: 'This worker listens on loopback and is asked by 127.0.0.1 or localhost.',
        },
      });
  };
}
