/**
 * HTTP authentication as RTSP cameras use it: Basic (RFC 7617) and Digest (RFC 2617, RFC 7616: MD5, SHA-256, their
 * -sess forms, qop auth, stale nonces).
 */
import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
  user: string;
  password: string;
}

export interface DigestChallenge {
  scheme: 'digest';
  realm: string;
  nonce: string;
  opaque?: string;
  /** As the server spells it; undefined where it says none, which means MD5. */
  algorithm?: string;
  /** It takes `auth`. */
  qop: boolean;
  /** The nonce before was good once: credentials are not wrong. */
  stale: boolean;
}

export type Challenge = DigestChallenge | { scheme: 'basic'; realm: string };

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};
/** The safest one first. */
const STRENGTH = ['SHA-512-256', 'SHA-256', 'MD5'];

/** Reads the values of WWW-Authenticate. One value may hold several challenges. What is unknown is passed over. */
export function parseChallenges(values: readonly string[]): Challenge[] {
  return values.flatMap((value) => splitChallenges(value).flatMap((text) => parseChallenge(text) ?? []));
}

/** The one that we answer; undefined: none that we can. */
export function bestChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  const digests = challenges.filter((challenge) => challenge.scheme === 'digest' && hashOf(challenge) !== undefined);
  digests.sort((a, b) => strength(a) - strength(b));
  return digests[0] ?? challenges.find(({ scheme }) => scheme === 'basic');
}

/** Answers one challenge for one request after the other. */
export class Authorization {
  private uses = 0;
  private readonly clientNonce = randomBytes(8).toString('hex');

  constructor(
    private readonly challenge: Challenge,
    private readonly credentials: Credentials,
  ) {}

  /** The value of the header Authorization. `uri` is the one of the request line. */
  headerFor(method: string, uri: string): string {
    const { user, password } = this.credentials;
    if (this.challenge.scheme === 'basic')
      return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
    return this.digest(this.challenge, method, uri);
  }

  private digest(challenge: DigestChallenge, method: string, uri: string): string {
    const { realm, nonce, opaque, algorithm, qop } = challenge;
    const { user, password } = this.credentials;
    const hash = hashOf(challenge) ?? 'md5';
    const of = (...parts: readonly string[]) => createHash(hash).update(parts.join(':'), 'utf8').digest('hex');
    const count = (++this.uses).toString(16).padStart(8, '0');
    const plain = of(user, realm, password);
    const secret = isSession(algorithm) ? of(plain, nonce, this.clientNonce) : plain;
    const asked = of(method, uri);
    const response = qop ? of(secret, nonce, count, this.clientNonce, 'auth', asked) : of(secret, nonce, asked);
    const fields = [
      `username="${quoted(user)}"`,
      `realm="${quoted(realm)}"`,
      `nonce="${quoted(nonce)}"`,
      `uri="${quoted(uri)}"`,
      `response="${response}"`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
      ...(qop ? ['qop=auth', `nc=${count}`] : []),
      ...(qop || isSession(algorithm) ? [`cnonce="${this.clientNonce}"`] : []),
    ];
    return `Digest ${fields.join(', ')}`;
  }
}

function hashOf({ algorithm }: { algorithm?: string }): string | undefined {
  return HASHES[baseAlgorithm(algorithm)];
}

const baseAlgorithm = (algorithm = 'MD5'): string => algorithm.toUpperCase().replace(/-SESS$/, '');
const isSession = (algorithm = ''): boolean => /-sess$/i.test(algorithm);
const strength = (challenge: Challenge): number =>
  challenge.scheme === 'digest' ? STRENGTH.indexOf(baseAlgorithm(challenge.algorithm)) : STRENGTH.length;
const quoted = (text: string): string => text.replace(/[\\"]/g, '\\$&');

/** A challenge begins where a word stands that no `=` follows: `Basic realm="a", Digest realm="b", nonce="c"`. */
function splitChallenges(value: string): string[] {
  const begins = [...value.matchAll(/(?:^|,)\s*([A-Za-z][A-Za-z0-9-]*)\s+(?=[A-Za-z-]+\s*=)/g)];
  return begins.map((begin, i) => value.slice(begin.index, begins[i + 1]?.index).replace(/^[\s,]+/, ''));
}

function parseChallenge(text: string): Challenge | undefined {
  const scheme = /^[A-Za-z-]+/.exec(text)?.[0].toLowerCase();
  const fields = new Map(
    [...text.matchAll(/([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map((match) => [
      (match[1] ?? '').toLowerCase(),
      match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '',
    ]),
  );
  const realm = fields.get('realm') ?? '';
  if (scheme === 'basic') return { scheme, realm };
  const nonce = fields.get('nonce');
  if (scheme !== 'digest' || nonce === undefined) return undefined;
  const qops = fields
    .get('qop')
    ?.split(',')
    .map((each) => each.trim().toLowerCase());
  return {
    scheme,
    realm,
    nonce,
    opaque: fields.get('opaque'),
    algorithm: fields.get('algorithm'),
    // `auth-int` alone would need the body's hash. Such a server takes the older form without qop.
    qop: qops?.includes('auth') ?? false,
    stale: fields.get('stale')?.toLowerCase() === 'true',
  };
}
