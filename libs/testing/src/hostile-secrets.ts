// Passwords as the most inventive people choose them. Each class breaks something: parsers, escapes, patterns or
// replacements.
import fc from 'fast-check';

export interface HostileSecret {
  kind: string;
  value: string;
  /** Letters and digits of it, which no escape changes: where one of these is seen, the secret is out. */
  pieces: string[];
}

const PIECE = 8;
/** No word of any language. */
const CORE = fc.stringMatching(/^[A-Za-z]{3}[0-9][A-Za-z]{2}[0-9][A-Za-z]$/);
const around = (hostile: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(CORE, hostile, CORE).map((parts) => parts.join(''));
const some = (...pieces: string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }).map((chosen) => chosen.join(''));

export const HOSTILE_KINDS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  quotes: around(some('"', "'", '`', '""', "''")),
  'at signs': around(some('@', '@@', '@host', '@127.0.0.1')),
  colons: around(some(':', '::', ':80', '://')),
  slashes: around(some('/', '//', '/../', '/%2F')),
  percent: around(some('%', '%%', '%41', '%zz', '%25', '%2525', '%00')),
  unicode: around(some('é', 'ß', '密码', '🔑', '\u0301', 'ÿ', '\u202e')),
  spaces: around(some(' ', '  ', ' \t', '\u00a0')),
  backslashes: around(some('\\', '\\\\', '\\n', '\\u0041', '\\"')),
  replacements: around(some('$&', '$1', '$`', "$'", '$$', '${x}')),
  'regular expressions': around(some('.*', '(a+)+', '[^]', '\\d{9}', '^$', '|', '?:')),
  JSON: around(some('{"a":1}', '","msg":"x', '[1,2]', ':null,', '}')),
  HTML: around(some('<b>', '&amp;', '&lt;', '</script>', '&#39;')),
  shell: around(some('$(id)', ';ls', '|cat', '&&', '#', '!')),
  URLs: around(some('rtsp://a:b@c/', '?x=1&y=2', '#f', '_channel=1', 'password=')),
  long: fc.stringMatching(/^[A-Za-z0-9]{200}$/),
  base64: fc.uint8Array({ minLength: 24, maxLength: 48 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  repeated: CORE.map((core) => `${core.charAt(0).repeat(12)}${core}`),
  // no setting can hold a NUL
  anything: around(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0'))),
};

function piecesOf(value: string): string[] {
  return [value.slice(0, PIECE), value.slice(-PIECE)].flatMap((end) => /[A-Za-z0-9]{5,}/.exec(end)?.[0] ?? []);
}

/** Secrets of every kind, one kind after the other. */
export function hostileSecrets({ count, seed }: { count: number; seed: number }): HostileSecret[] {
  const kinds = Object.entries(HOSTILE_KINDS);
  const each = Math.ceil(count / kinds.length);
  return kinds
    .flatMap(([kind, arbitrary], i) =>
      fc
        .sample(arbitrary, { numRuns: each, seed: seed + i })
        .map((value) => ({ kind, value, pieces: piecesOf(value) })),
    )
    .slice(0, count);
}
