/**
 * What somebody could put in the place of a job, a record or a state file: made from a real one, so that much of it
 * gets past the first look.
 */
import fc from 'fast-check';

type Json = Record<string, unknown>;

/** Values that lead elsewhere, or break programs. */
const HOSTILE: readonly unknown[] = [
  ...[
    '..',
    '../..',
    '../../../outside/victim',
    '/etc/passwd',
    '/outside/victim',
    './x',
    '',
    ' ',
    '.',
    '~',
    'a/b',
    'a\\..\\b',
    '%2e%2e%2f',
    '..\u0000',
    'cam_1\u0000',
    'cam_1\n',
    'CON',
  ],
  ...[
    'x'.repeat(300),
    'ç'.repeat(200),
    '\ud800',
    '__proto__',
    'constructor',
    'cam_2',
    'event_cam_2_1795435200.000',
    'claimed',
    'announced',
    'NaN',
  ],
  ...[
    0,
    -0,
    -1,
    1,
    0.5,
    1e15,
    1e300,
    -1e300,
    2 ** 53,
    253_402_300_800,
    1_795_435_200,
    1_795_435_200_000,
    4_102_444_800_000,
  ],
  ...[null, true, false, [], {}, [[]], ['..'], { toString: 'x' }],
];

/** What a text becomes that begins, or ends, as it should. */
const twisted = (text: string): fc.Arbitrary<unknown> =>
  fc.constantFrom(
    ...[
      `${text}/../../../../outside/victim`,
      `../../${text}`,
      `/${text}`,
      `${text}/`,
      `${text}\u0000`,
      `${text}.part`,
      `${text}_..`,
      text.toUpperCase(),
    ],
    ...[
      text.replace('cam_1', '..'),
      text.replace('cam_1', 'cam_2'),
      text.replace('cam_1', 'cam_1/../..'),
      text.replace(/\d\d/, '99'),
      text.repeat(20),
    ],
  );

interface Place {
  holder: Json;
  name: string;
}

/** Every field of an object, also those inside of others. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Json;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesOf(holder[name])]);
}

const change = fc.record({
  at: fc.nat(),
  from: fc.nat(),
  how: fc.constantFrom('hostile', 'hostile', 'twist', 'twist', 'copy', 'remove', 'wrap', 'random', 'nudge'),
  hostile: fc.constantFrom(...HOSTILE),
  random: fc.jsonValue({ maxDepth: 2 }),
  pick: fc.nat(12),
  nudge: fc.constantFrom(-86_400_000, -1000, -1, 1, 1000, 200_000, 400_000, 3_600_001, 86_400_001, 1e12),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(forgery: Json, { at, from, how, hostile, random, pick, nudge }: Change): void {
  const places = placesOf(forgery);
  const place = places[at % Math.max(1, places.length)];
  const other = places[from % Math.max(1, places.length)];
  if (!place || !other) return;
  const { holder, name } = place;
  const value = holder[name];
  // A copy: what stands in HOSTILE is everybody's, and a later change may go into it.
  const set = (to: unknown): void =>
    void Object.defineProperty(holder, name, {
      value: structuredClone(to),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  if (how === 'hostile') set(hostile);
  else if (how === 'twist' && typeof value === 'string') set(fc.sample(twisted(value), { numRuns: 1, seed: pick })[0]);
  else if (how === 'nudge' && typeof value === 'number') set(value + nudge);
  else if (how === 'copy') set(other.holder[other.name]);
  else if (how === 'remove') Reflect.deleteProperty(holder, name);
  else if (how === 'wrap') set([value]);
  else set(random);
}

/**
 * `valid`, as it comes out of JSON, with up to three of its fields changed. Now and then it is something else
 * altogether, and sometimes it is unchanged.
 */
export function forged(valid: object): fc.Arbitrary<unknown> {
  const edited = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes): unknown => {
    const forgery = JSON.parse(JSON.stringify(valid)) as Json;
    for (const each of changes) apply(forgery, each);
    return JSON.parse(JSON.stringify(forgery)) as unknown;
  });
  return fc.oneof(
    { weight: 30, arbitrary: edited },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.constant<unknown>(valid) },
  );
}

/** The same as the text of a file: sometimes torn, empty, or no JSON at all. */
export function forgedText(valid: object): fc.Arbitrary<string> {
  const whole = forged(valid).map((value) => JSON.stringify(value));
  const torn = fc
    .tuple(whole, fc.nat(100))
    .map(([text, percent]) => text.slice(0, Math.floor((text.length * percent) / 100)));
  return fc.oneof(
    { weight: 20, arbitrary: whole },
    { weight: 2, arbitrary: torn },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '\u0000\u0000', '[', '1e999', '{"__proto__": {}}', '"', '['.repeat(10_000)),
    },
  );
}
