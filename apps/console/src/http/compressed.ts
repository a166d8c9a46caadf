import compression from 'compression';
import type { RequestHandler } from 'express';

/** What becomes much smaller. Media and pictures are as small as they get. */
const TEXT =
  /^(?:application\/(?:json|vnd\.apple\.mpegurl|javascript)|text\/(?:html|css|javascript)|image\/svg\+xml)\b/;
/** The header of gzip makes less than this longer. */
const LEAST_BYTES = 1024;

/** Answers in gzip or Brotli where the viewer takes it. Ranges count the bytes of the file, and stay as they are. */
export function compressed(): RequestHandler {
  return compression({
    threshold: LEAST_BYTES,
    filter: (_request, response) =>
      response.getHeader('Accept-Ranges') === undefined && TEXT.test(String(response.getHeader('Content-Type'))),
  });
}
