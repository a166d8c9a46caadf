/**
 * Whose page sent a request. A browser sends along what it knows of us (cookies, its place in our network) whichever
 * page tells it to, so pages of other sites must not be served: neither a picture into their document nor a form that
 * changes something.
 */

/** The headers that tell, as they came. */
export interface PageHeaders {
  method: string;
  /** Sec-Fetch-*: browsers send them to https and loopback addresses, and no page can forge them. */
  site: string | undefined;
  mode: string | undefined;
  dest: string | undefined;
  /** Of every POST, and of reads across origins. All that a browser tells to a plain http address in a LAN. */
  origin: string | undefined;
}

/**
 * False where a page of another origin sent it: also one of another port of this machine. A person who follows a link
 * to us from another page is let in: what she sees, that page does not. So is a program, which tells of no page at
 * all.
 */
export function isOurPageOrNone(
  { method, site, mode, dest, origin }: PageHeaders,
  ours: readonly (string | undefined)[],
): boolean {
  if (site === undefined) return origin === undefined || ours.includes(origin.toLowerCase());
  if (site === 'same-origin' || site === 'none') return true;
  return ['GET', 'HEAD'].includes(method) && mode === 'navigate' && dest === 'document';
}

/** The origin of an address as browsers write it, or undefined where it is none. */
export function originOf(address: string): string | undefined {
  try {
    const { origin } = new URL(address);
    return origin === 'null' ? undefined : origin;
  } catch {
    return undefined;
  }
}
