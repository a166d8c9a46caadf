/** Sends bytes with HTTP's Range (RFC 9110, section 14), which a browser needs to seek in a clip. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { isKnown } from './entity-tag';

/** Of a file. `end` is the last byte that is wanted. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface Bytes {
  sizeBytes: number;
  contentType: string;
  lastModifiedMs?: number;
  /** Strong: the same tag means the same bytes. */
  tag?: string;
  /** `private`, because all is behind the token. `immutable` where the bytes never change under their name. */
  cacheControl: string;
  read(range: ByteRange): Promise<Readable> | Readable;
}

export async function sendBytes(request: Request, response: Response, bytes: Bytes): Promise<void> {
  response.set({ 'Accept-Ranges': 'bytes', 'Content-Type': bytes.contentType, 'Cache-Control': bytes.cacheControl });
  if (bytes.lastModifiedMs !== undefined) response.set('Last-Modified', new Date(bytes.lastModifiedMs).toUTCString());
  if (bytes.tag !== undefined) response.set('ETag', bytes.tag);
  if (bytes.tag !== undefined && isKnown(request.get('if-none-match'), bytes.tag)) {
    response.status(304).end();
    return;
  }
  const range = hasPartOfIt(request, response) ? readRangeHeader(request.get('range'), bytes.sizeBytes) : undefined;
  if (range === 'unsatisfiable') {
    response.status(416).set('Content-Range', `bytes */${bytes.sizeBytes}`).end();
    return;
  }
  if (range) response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${bytes.sizeBytes}`);
  response.set('Content-Length', String(range ? range.end - range.start + 1 : bytes.sizeBytes));
  if (request.method === 'HEAD' || bytes.sizeBytes === 0) {
    response.end();
    return;
  }
  try {
    await pipeline(await bytes.read(range ?? { start: 0, end: bytes.sizeBytes - 1 }), response);
  } catch (error) {
    // A viewer that seeks or leaves breaks its connection. That is no fault.
    if (!request.destroyed && !response.destroyed && !response.writableEnded) throw error;
  }
}

/** Whether the viewer has a part of these very bytes. Else he gets all of them (If-Range, 13.1.5). */
function hasPartOfIt(request: Request, response: Response): boolean {
  const ifRange = request.get('if-range');
  return ifRange === undefined || [response.get('etag'), response.get('last-modified')].includes(ifRange);
}

/** Undefined means the whole. Several ranges at once get the whole too, as the RFC allows. */
export function readRangeHeader(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return start >= sizeBytes || (from === '' && Number(to) === 0) ? 'unsatisfiable' : { start, end };
}
