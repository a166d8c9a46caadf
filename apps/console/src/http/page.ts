/**
 * The files of the pages: those of public/ as they are written, those of apps/console-web as the build made them
 * (public/app), hls.js from its package.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { Router, type RequestHandler, type Response } from 'express';

/** A build has them beside the bundle, the sources in the app's folder. */
const CANDIDATES = ['./public/', '../../public/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

export function pageFolder(): string {
  const folder = CANDIDATES.find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`the page's files are missing, looked in ${CANDIDATES.join(', ')}`);
  return folder;
}

export function page(): RequestHandler {
  return express.static(pageFolder(), {
    acceptRanges: false, // they are compressed instead
    cacheControl: false,
    setHeaders: (response: Response) => response.setHeader('Cache-Control', 'no-cache'),
  });
}

/**
 * The pages of apps/console-web. Vite puts a hash of its content into each asset's name, so that never changes. Every
 * other address below is one of the pages' own: they read it. A missing asset is no page, and stays 404.
 */
export function appPage(): RequestHandler {
  const folder = join(pageFolder(), 'app');
  const assets = express.static(join(folder, 'assets'), {
    acceptRanges: false,
    immutable: true,
    maxAge: '1y',
    index: false,
  });
  return Router()
    .use('/assets', assets)
    .get(/^\/(?!assets(\/|$))/, (_request, response) => {
      response.sendFile(join(folder, 'index.html'), {
        acceptRanges: false,
        cacheControl: false,
        dotfiles: 'allow',
        headers: { 'Cache-Control': 'no-store' },
      });
    });
}

export function hlsScript(): RequestHandler {
  const path = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  return (_request, response) => {
    response.sendFile(path, { acceptRanges: false, maxAge: '1d', dotfiles: 'allow' });
  };
}
