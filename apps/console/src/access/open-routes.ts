/**
 * What is open without the token. Everything else is closed, also what somebody adds tomorrow: a route is opened here
 * and nowhere else. Paths are compared as they stand in the request, letter by letter: another way of writing one of
 * them is not open.
 */
export interface OpenRoute {
  /** GET stands for HEAD too. */
  method: 'GET' | 'POST';
  path: RegExp;
  /** Also by a name of this machine that nobody configured, and for pages of other sites: it tells nothing. */
  toAnybody?: true;
  /** Pages of other sites may show what is behind it. */
  embeddable?: true;
}

export const OPEN_ROUTES: readonly OpenRoute[] = [
  // Probes carry no token.
  { method: 'GET', path: /^\/health\/live$/, toAnybody: true },
  // A signed link is its own proof. Who holds one may show what it leads to, as with the presigned links of an S3
  // server.
  { method: 'GET', path: /^\/objects\//, embeddable: true },
  // To sign in, one must see where.
  { method: 'GET', path: /^\/login\.html$/ },
  { method: 'GET', path: /^\/(style\.css|icon\.svg)$/ },
  { method: 'POST', path: /^\/login$/ },
];

export function openRoute(method: string, path: string): OpenRoute | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return OPEN_ROUTES.find((route) => route.method === asked && route.path.test(path));
}
