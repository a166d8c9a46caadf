import { HOSTILE_KINDS, hostileSecrets, type HostileSecret } from '@vr/testing';
import fc from 'fast-check';
import { Secrets } from './secrets';

const SEED = 12;
const SECRETS = hostileSecrets({ count: 1000, seed: SEED });

const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const WRITINGS: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in small letters': (secret) =>
    encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  'percent-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'percent-encoded wholly': (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'percent-encoded as a URL has it': (secret) => new URL(`http://h/?x=${encodeURIComponent(secret)}`).href,
  'of a form': (secret) => new URLSearchParams({ x: secret }).toString(),
  'in a URL': (secret) => `rtsp://admin:${encodeURIComponent(secret)}@10.0.0.1/stream`,
  'in JSON': (secret) => JSON.stringify({ any: secret, n: 1 }),
  'in JSON in JSON': (secret) => JSON.stringify({ text: JSON.stringify({ any: secret }) }),
  'in JSON in JSON in JSON': (secret) => JSON.stringify(JSON.stringify(JSON.stringify([secret]))),
  'in ASCII JSON': asciiJson,
  'in percent-encoded JSON': (secret) => encodeURIComponent(JSON.stringify({ any: secret })),
  'in HTML': html,
  'many times': (secret) => secret.repeat(3),
};
const BESIDE = ['', ' ', '"', "'", '+', '41', 'n', 'x', ':', '=', '@', '/', '🔑', 'password=', 'rtsp://', '\n'];
/**
 * A part of an escape, which could swallow a part of the secret. Where the secret was escaped, its neighbours were
 * escaped too.
 */
const HALF_ESCAPES = ['%', '%2', '%25', '\\', '\\\\', '\\u', '&', '&amp;', '&amp'];
const ESCAPED_ONCE_OR_NEVER = ['as it is', 'percent-encoded', 'in HTML', 'many times'];

describe('1,000 hostile secrets', () => {
  const secrets = new Secrets();
  for (const { value } of SECRETS) secrets.add(value);

  it.each(Object.keys(HOSTILE_KINDS))(
    'none of those with %s is seen, however it is written and whatever stands beside it',
    (kind) => {
      const ofKind = SECRETS.filter((secret) => secret.kind === kind);
      expect(ofKind.length).toBeGreaterThan(40);
      const text = fc.constantFrom(...Object.keys(WRITINGS)).chain((writing) => {
        const beside = fc.constantFrom(...BESIDE, ...(ESCAPED_ONCE_OR_NEVER.includes(writing) ? HALF_ESCAPES : []));
        return fc.record({
          secret: fc.constantFrom(...ofKind),
          writing: fc.constant(writing),
          before: beside,
          after: beside,
        });
      });
      fc.assert(
        fc.property(text, ({ secret, writing, before, after }) => {
          expectUnseen(secret, secrets.mask(`the ${before}${WRITINGS[writing]?.(secret.value) ?? ''}${after} end`));
        }),
        { seed: SEED, numRuns: 1000 },
      );
    },
  );

  it('none is seen where the text is cut', () => {
    const cut = fc.record({
      secret: fc.constantFrom(...SECRETS),
      writing: fc.constantFrom(...Object.keys(WRITINGS)),
      times: fc.integer({ min: 1, max: 40 }),
      from: fc.nat(300),
      length: fc.nat(300),
    });
    fc.assert(
      fc.property(cut, ({ secret, writing, times, from, length }) => {
        const text = `${WRITINGS[writing]?.(secret.value) ?? ''} `.repeat(times);
        expectUnseen(secret, secrets.mask(text, { from, upTo: from + length }));
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});

it('a text without secrets comes back as it was', () => {
  const secrets = new Secrets();
  for (const { value } of SECRETS) secrets.add(value);
  const words = fc
    .array(
      fc.constantFrom(
        'cam_1',
        'the',
        'stream',
        '401',
        'Unauthorized',
        '(75 %)',
        '\\',
        '&',
        '"x"',
        '127.0.0.1:4222',
        'é',
        '🔑',
      ),
      { maxLength: 30 },
    )
    .map((all) => all.join(' '));
  fc.assert(
    fc.property(words, (text) => {
      expect(secrets.mask(text)).toBe(text);
    }),
    { seed: SEED },
  );
});

function expectUnseen({ value, pieces }: HostileSecret, text: string): void {
  for (const piece of [value, ...pieces])
    if (text.includes(piece)) throw new Error(`${JSON.stringify(value)} is seen in ${JSON.stringify(text)}`);
}
