/**
 * Object metadata travels in HTTP headers, which hold ASCII without leading or trailing blanks. Anything else is
 * percent-encoded, as in URLs. Plain values (times, ids, hashes) stay as they are.
 */
export function encodeMetadata(value: string): string {
  // Buffer turns invalid UTF-16 into U+FFFD, where encodeURIComponent would throw.
  return Buffer.from(value)
    .toString()
    .replace(/[^\x21-\x24\x26-\x7e]+/gu, encodeURIComponent);
}

export function decodeMetadata(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // written by another program
  }
}
