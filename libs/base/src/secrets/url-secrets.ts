// Finds what is secret in a URL. It would rather say too much than too little: a URL with two readings gives the
// secrets of both.
import { percentDecoded, splitUrl } from '../url-credentials';

/** Names in queries, and in the paths of some camera makers (`/user=admin_password=X_channel=1_stream=0.sdp`). */
const SECRET_NAME = /(?:pass|pwd|psw|pas$|pw$|token|secret|key|auth|sig|cred|session)/i;
const NAMED_VALUE = /(?<![A-Za-z0-9-])([A-Za-z][A-Za-z0-9-]*)=/g;
/** Where the next value begins. Values may hold the separators themselves. */
const NEXT_NAME = /[_&;?][A-Za-z][A-Za-z0-9-]*=/;
/** These URLs have no path, so a slash may be part of a token. */
const WITHOUT_PATH = /^(?:nats|tls|wss?):/i;
/** A part of the path that is a key by itself (UniFi Protect gives one to each stream). */
const KEY_IN_PATH = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{16,128}$/;

export function secretsOfUrl(url: string): string[] {
  const urls = [url, ...(url.includes(',') ? url.split(',') : [])].map((part) => part.trim());
  return urls.flatMap((one) => [...credentialsOf(one), ...namedValues(one), ...keysInPath(one)]);
}

function credentialsOf(url: string): string[] {
  const rest = url.slice(splitUrl(url).scheme.length);
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  return [rest.lastIndexOf('@'), authority.lastIndexOf('@')].flatMap((at) => {
    if (at < 0) return [];
    const credentials = rest.slice(0, at);
    const colon = credentials.indexOf(':');
    const user = colon < 0 ? credentials : credentials.slice(0, colon);
    if (/[/?#]/.test(user) && !WITHOUT_PATH.test(url)) return []; // an @ in the path
    if (colon < 0) return [user]; // no password: then this is a token
    const password = credentials.slice(colon + 1);
    // Basic authentication sends it in this form.
    const basic = Buffer.from(`${percentDecoded(user)}:${percentDecoded(password)}`).toString('base64');
    return password === '' ? [user] : [password, basic];
  });
}

function namedValues(url: string): string[] {
  const values: string[] = [];
  for (const match of url.matchAll(NAMED_VALUE)) {
    if (!SECRET_NAME.test(match[1] ?? '')) continue;
    const rest = url.slice(match.index + match[0].length);
    values.push(rest.split(NEXT_NAME)[0] ?? '', rest.split(/[&;?#]/)[0] ?? '');
  }
  return values;
}

function keysInPath(url: string): string[] {
  return splitUrl(url)
    .address.split(/[/?#]/)
    .slice(1)
    .filter((part) => KEY_IN_PATH.test(part));
}
