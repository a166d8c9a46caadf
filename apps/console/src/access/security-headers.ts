import type { RequestHandler } from 'express';

/** Nothing but our own files, no inline scripts or styles, no framing. `blob:` is how hls.js feeds a video element. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'", // the board's page has one
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** What a browser may do with our answers: with every one of them, refusals too. */
export function securityHeaders(): RequestHandler {
  return (_request, response, next) => {
    response.removeHeader('X-Powered-By');
    response.set({
      'Content-Security-Policy': POLICY,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      // Not no-referrer: with it browsers call our own forms' origin "null".
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
    next();
  };
}
