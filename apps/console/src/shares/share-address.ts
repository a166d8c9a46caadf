import { isIPv4 } from 'node:net';
import type { Request } from 'express';

const HOUSE_NAME = /^[^.]+$|\.(?:local|localhost|lan|home|internal|home\.arpa)$/;
const HOUSE_ADDRESS =
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** Whether CONSOLE_PUBLIC_URL may be reached from outside the house. Its name says so; nobody tries it. */
export function worksOutside(publicUrl: string): boolean {
  const name = new URL(publicUrl).hostname.toLowerCase().replace(/\.$/, '');
  if (name.startsWith('[')) return /^\[[23]/.test(name); // global addresses begin with 2 or 3
  return isIPv4(name) ? !HOUSE_ADDRESS.test(name) : !HOUSE_NAME.test(name);
}

/** CONSOLE_PUBLIC_URL where it leads outside, else the address by which the console was asked. */
export function shareAddress(publicUrl: string, request: Pick<Request, 'protocol' | 'headers'>, token: string): string {
  const base = worksOutside(publicUrl) ? publicUrl : `${request.protocol}://${request.headers.host ?? ''}`;
  return `${base.replace(/\/+$/, '')}/s/${token}`;
}
