/** Entity tags (RFC 9110, section 8.8.3). They tell a viewer that he has already what we would send. */
import { createHash } from 'node:crypto';

/** A strong tag, of all bytes or of bytes that decide all others. */
export function tagOf(bytes: Buffer): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}

/**
 * Whether `If-None-Match` (13.1.2) names what we have. Express ignores that header beside `Cache-Control: no-cache`,
 * which fetch() sends.
 */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}
