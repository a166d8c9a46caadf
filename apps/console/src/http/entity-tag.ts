/** Entity tags (RFC 9110, section 8.8.3): what tells a viewer that what he has is what we would send. */
import { createHash } from 'node:crypto';

/** Strong: of the bytes, or of bytes that decide all others. */
export function tagOf(bytes: Buffer): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}

/**
 * Whether `If-None-Match` (13.1.2) names what we have. Express would send it all the same to who says `Cache-Control:
 * no-cache`, as fetch() does.
 */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}
