import type { Middleware } from 'openapi-fetch';

const CHANGES_NOTHING = new Set(['GET', 'HEAD']);

/**
 * Adds `X-CSRF-Token` where a cookie is the proof of who asks. Another site can make the browser send the cookie, but
 * cannot read the token.
 * @param ask gives the token; undefined where none is wanted
 */
export function csrfGuard(ask: () => Promise<string | undefined>): Middleware {
  let token: Promise<string | undefined> | undefined;
  return {
    async onRequest({ request }) {
      if (CHANGES_NOTHING.has(request.method)) return request;
      token ??= ask();
      try {
        const csrf = await token;
        if (csrf !== undefined) request.headers.set('X-CSRF-Token', csrf);
      } catch {
        token = undefined; // asked anew next time; this request goes without, and its answer says what is wrong
      }
      return request;
    },
  };
}
