/** Messages of RTSP 1.0 (RFC 2326, 4 to 7): read from text, and written as text. */
import { RtspFault } from './rtsp-fault';

export interface RtspHead {
  startLine: string;
  /** Names in lower case; a header that comes several times has several values. */
  headers: ReadonlyMap<string, readonly string[]>;
}

export interface RtspMessage extends RtspHead {
  body: Buffer;
}

export interface RtspResponse extends RtspMessage {
  status: number;
  reason: string;
}

export interface RtspRequest extends RtspMessage {
  method: string;
  url: string;
}

const RESPONSE = /^RTSP\/\d\.\d\s+(\d{3})(?:\s+(.*))?$/;
const REQUEST = /^([A-Z_]+)\s+(\S+)\s+RTSP\/\d\.\d$/;
const MAX_HEADERS = 200;

/** @param text from the start line to the last header, without the empty line; lines may end with CRLF or LF */
export function parseHead(text: string): RtspHead {
  const [startLine = '', ...lines] = text.split(/\r?\n/);
  if (lines.length > MAX_HEADERS)
    throw new RtspFault('invalid', `wanted at most ${MAX_HEADERS} headers in a message, got ${lines.length}`);
  const headers = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of lines) {
    // A line that begins with white space goes on with the header before it.
    if (/^[ \t]/.test(line) && last && last.length > 0) {
      last.push(`${last.pop() ?? ''} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue; // Some cameras put a line without a colon between the headers. It says nothing to us.
    const name = line.slice(0, colon).trim().toLowerCase();
    last = headers.get(name) ?? [];
    last.push(line.slice(colon + 1).trim());
    headers.set(name, last);
  }
  return { startLine: startLine.trim(), headers };
}

/** Bytes of the body that follows on this head. Undefined: it says something that is no length. */
export function contentLength({ headers }: RtspHead): number | undefined {
  const text = headers.get('content-length')?.[0];
  if (text === undefined) return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function asResponse(message: RtspMessage): RtspResponse | undefined {
  const [, status, reason = ''] = RESPONSE.exec(message.startLine) ?? [];
  return status === undefined ? undefined : { ...message, status: Number(status), reason };
}

export function asRequest(message: RtspMessage): RtspRequest | undefined {
  const [, method, url] = REQUEST.exec(message.startLine) ?? [];
  return method === undefined || url === undefined ? undefined : { ...message, method, url };
}

/** The first value of a header; undefined where the message has none. */
export function header(message: RtspHead, name: string): string | undefined {
  return message.headers.get(name)?.[0];
}

export type Fields = Readonly<Record<string, string | number | undefined>>;

export function writeMessage(startLine: string, fields: Fields): string {
  const lines = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${[startLine, ...lines].join('\r\n')}\r\n\r\n`;
}
