/**
 * The files of the page: ours from public/, hls.js from its package. There is no build step: files are served as they
 * are written.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Response } from 'express';

/** A build has them beside the bundle, the sources in the app's folder. */
const CANDIDATES = ['./public/', '../../public/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

export function pageFolder(): string {
  const folder = CANDIDATES.find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`the page's files are missing, looked in ${CANDIDATES.join(', ')}`);
  return folder;
}

export function page(): RequestHandler {
  return express.static(pageFolder(), {
    cacheControl: false,
    setHeaders: (response: Response) => response.setHeader('Cache-Control', 'no-cache'),
  });
}

export function hlsScript(): RequestHandler {
  const path = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  return (_request, response) => {
    response.sendFile(path, { maxAge: '1d', dotfiles: 'allow' });
  };
}
