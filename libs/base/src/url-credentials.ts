// URLs as people type them. User and password hold @, : and / unescaped, which no URL parser accepts.

/** A URL, cut so that its credentials stand alone. `address` is the rest without them, and without the scheme. */
export interface UrlParts {
  /** The scheme with its slashes (`rtsp://`, `//`). It is empty where the URL has none. */
  scheme: string;
  user?: string;
  password?: string;
  address: string;
}

/** `host:554/path@x` is a port and a path. A password that begins with digits and a slash must come encoded. */
const PORT_AND_PATH = /^\d{1,5}[/?#]/;

/**
 * The user ends at the first colon, and the credentials end at the last `@`. An `@` behind a slash belongs to the path
 * where no colon has begun a password. Nothing is decoded.
 */
export function splitUrl(url: string): UrlParts {
  const scheme = /^(?:[^/]*?:)?\/\//.exec(url)?.[0] ?? '';
  const rest = url.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  if (at < 0) return { scheme, address: rest };
  const credentials = rest.slice(0, at);
  const colon = credentials.indexOf(':');
  const user = colon < 0 ? credentials : credentials.slice(0, colon);
  const password = colon < 0 ? undefined : credentials.slice(colon + 1);
  const isPath = /[/?#]/.test(user) || (user !== '' && password !== undefined && PORT_AND_PATH.test(password));
  return isPath ? { scheme, address: rest } : { scheme, user, password, address: rest.slice(at + 1) };
}

/**
 * The URL with its user and password percent-encoded, as programs want it. A `%41` in them counts as encoded already.
 */
export function encodedUrl(url: string): string {
  const { scheme, user, password, address } = splitUrl(url);
  if (user === undefined) return url;
  return `${scheme}${encoded(user)}${password === undefined ? '' : `:${encoded(password)}`}@${address}`;
}

function encoded(text: string): string {
  return text.replace(/%[0-9a-f]{2}|[\s\S]/giu, (part) =>
    part.length > 1 && part.startsWith('%') ? part : encodeURIComponent(part),
  );
}

/** The text, percent-decoded where it is percent-encoded. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
