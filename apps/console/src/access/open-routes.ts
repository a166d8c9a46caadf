/**
 * The routes that are open without the token. Everything else is closed, also what somebody adds tomorrow: a route is
 * opened here and nowhere else. Paths are compared letter by letter, as the request has them: another spelling of an
 * open path is not open.
 */
export interface OpenRoute {
  /** GET stands for HEAD too. */
  method: 'GET' | 'POST';
  path: RegExp;
  /** It tells nothing, so it is open by any name, and to pages of other sites. */
  toAnybody?: true;
  /** Pages of other sites may show what is behind it. */
  embeddable?: true;
}

const OPEN_ROUTES: readonly OpenRoute[] = [
  // Probes carry no token.
  { method: 'GET', path: /^\/health\/live$/, toAnybody: true },
  // A signed link is its own proof. Whoever holds one may show what it leads to, like a presigned link of an S3 server.
  { method: 'GET', path: /^\/objects\//, embeddable: true },
  // Whoever signs in must see the form.
  { method: 'GET', path: /^\/login\.html$/ },
  { method: 'GET', path: /^\/(style\.css|icon\.svg)$/ },
  { method: 'POST', path: /^\/login$/ },
  { method: 'POST', path: /^\/api\/session$/ },
  // The token in the address is the proof: shares/share-page.controller.ts looks at it.
  { method: 'GET', path: /^\/s\/[^/]+(?:\/(?:clip\.mp4|poster\.jpg))?$/ },
];

export function openRoute(method: string, path: string): OpenRoute | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return OPEN_ROUTES.find((route) => route.method === asked && route.path.test(path));
}
