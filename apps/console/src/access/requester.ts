/**
 * Whose page sent a request. A browser uses what it has of us (cookies, its place in our network) whichever page tells
 * it to. So pages of other sites must not be served: no picture for their document, and no form that changes something.
 */

/** The headers that tell whose page it was, as they came. */
export interface PageHeaders {
  method: string;
  /** Sec-Fetch-*: browsers send them to https and loopback addresses, and no page can forge them. */
  site: string | undefined;
  mode: string | undefined;
  dest: string | undefined;
  /** Comes with every POST and with reads across origins. A plain http address in a LAN gets no other header. */
  origin: string | undefined;
}

/**
 * False where a page of another origin sent it; another port of this machine is one too. A person who follows a link to
 * us is let in, because the page with the link does not see what she sees. A program is let in, because it names no
 * page.
 */
export function isOurPageOrNone(
  { method, site, mode, dest, origin }: PageHeaders,
  ours: readonly (string | undefined)[],
): boolean {
  if (site === undefined) return origin === undefined || ours.includes(origin.toLowerCase());
  if (site === 'same-origin' || site === 'none') return true;
  return ['GET', 'HEAD'].includes(method) && mode === 'navigate' && dest === 'document';
}

/** The origin of an address as browsers write it. Undefined where it has none. */
export function originOf(address: string): string | undefined {
  try {
    const { origin } = new URL(address);
    return origin === 'null' ? undefined : origin;
  } catch {
    return undefined;
  }
}
