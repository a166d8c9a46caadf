import { BOARD_STYLE } from '@vr/queue';
import type { RequestHandler } from 'express';

/** Nothing but our own files, no inline scripts or styles, no framing. `blob:` is how hls.js feeds a video element. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${BOARD_STYLE}`,
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'", // the board's page has one
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Pictures, clips and data are no pages. But a browser that opens one makes a page around it, with styles of its own.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "img-src 'self'",
  "media-src 'self'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
/** The page that describes the API is one of ours. */
const CONTENT = /^\/(api(?!\/docs(\/|$))|objects)\//;

/** What a browser may do with our answers. Every answer says it, refusals too. */
export function securityHeaders(): RequestHandler {
  return ({ path }, response, next) => {
    response.set({
      'Content-Security-Policy': CONTENT.test(path) ? CONTENT_POLICY : PAGE_POLICY,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      // With no-referrer browsers would call the origin of our own forms "null".
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
    next();
  };
}
