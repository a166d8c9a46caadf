/** The files of the page: ours from public/, hls.js from its package. No build step, so what is served is what is written. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Response } from 'express';

/** Beside the bundle when built; the app's own folder when run from sources. */
const CANDIDATES = ['./public/', '../../public/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

export function page(): RequestHandler {
  const folder = CANDIDATES.find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`the page's files are missing, looked in ${CANDIDATES.join(', ')}`);
  return express.static(folder, { cacheControl: false, setHeaders: (response: Response) => response.setHeader('Cache-Control', 'no-cache') });
}

export function hlsScript(): RequestHandler {
  const path = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  return (_request, response) => {
    response.sendFile(path, { maxAge: '1d', dotfiles: 'allow' });
  };
}

/** Nothing from other places, no inline scripts, no framing. `blob:` is how hls.js feeds a video element. */
const PAGE_POLICY = "default-src 'self'; media-src 'self' blob:; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function safeHeaders(): RequestHandler {
  return (request, response, next) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.removeHeader('X-Powered-By');
    // Bull Board brings a page of its own, with inline scripts.
    if (!request.path.startsWith('/queues')) response.setHeader('Content-Security-Policy', PAGE_POLICY);
    else response.setHeader('Content-Security-Policy', "frame-ancestors 'none'");
    next();
  };
}
