// The secrets of this process, and their masking. Secrets are known values: whoever reads one (configuration, cameras)
// adds it here. From then on no masked text shows it, in whatever words it stands and however they are escaped.
// Besides, values in the places of secrets are masked even where nobody knows them (credential-signs.ts). A secret is
// never forgotten, because logs outlive passwords.
import { percentDecoded } from '../url-credentials';
import { credentialRanges } from './credential-signs';
import { HEAD_UNITS, PhraseFinder, type Phrase } from './phrase-finder';
import { holdsEscapes, plainText, plainUnits } from './plain-text';
import { Ranges } from './ranges';
import { isLetterOrDigit, unitsOf } from './units';
import { secretsOfUrl } from './url-secrets';

const MASK = '***';

/**
 * Secrets of 1 to 3 characters are no secrets, and masking them would take every log apart. So they are masked only
 * where passwords stand. Secrets of 4 and 5 letters or digits ("test", "12345") are masked as whole words, and all
 * others wherever they occur.
 */
const SHORTEST = HEAD_UNITS;
const LONGEST_WORD = 5;
/** We know a longer value, such as a key in a file, by its lines. */
const LONGEST = 1024;
/** A mask shows no more than this. A longer text is an attack or a fault, and costs no more than this either. */
export const MOST_SHOWN = 65_536;
/** One character may be `%2525...41` or `\\\\u0041`. So a secret may end this far behind its beginning. */
const MOST_ESCAPED = 16;

export class Secrets {
  private readonly values = new Set<string>();
  private finders: { asTheyAre: PhraseFinder; escaped: PhraseFinder; reach: number } | undefined;

  /** Masks this value from now on. */
  add(value: string): void {
    const before = this.values.size;
    for (const line of [value, ...value.split(/[\r\n]+/)].map((text) => text.trim())) {
      if (line.length >= SHORTEST && line.length <= LONGEST) this.values.add(line);
    }
    if (this.values.size > before) this.finders = undefined;
  }

  /** Masks from now on what is secret in this URL: passwords, tokens, keys in its path and query. */
  addUrl(url: string): void {
    for (const secret of secretsOfUrl(url)) this.add(secret);
  }

  /**
   * The text with every secret replaced. It says so where it had to be cut (MOST_SHOWN). The work is linear in the
   * text's length, whatever the text holds. `from` and `upTo` choose a part of it. A secret that reaches out of the
   * part is masked whole.
   */
  mask(text: string, { from = 0, upTo = Infinity }: { from?: number; upTo?: number } = {}): string {
    if (this.values.size > 0) this.finders ??= this.makeFinders();
    const end = Math.min(upTo, from + MOST_SHOWN, text.length);
    const reach = this.finders?.reach ?? LONGEST;
    const isCut = text.length > end + reach;
    const units = unitsOf(isCut ? text.slice(0, end + reach) : text);
    let secret = credentialRanges(units, isCut);
    if (this.finders) {
      secret = Ranges.union(secret, this.finders.asTheyAre.find(units));
      if (holdsEscapes(units)) secret = Ranges.union(secret, escapedRanges(units, this.finders.escaped));
    }
    const shown = replaced(text, units, secret, Math.min(from, end), end);
    return end < Math.min(upTo, text.length) ? `${shown}… (cut: ${text.length} characters)` : shown;
  }

  private makeFinders(): NonNullable<typeof this.finders> {
    const values = [...this.values];
    const asTheyAre = phrases(values.flatMap(formsOf).map(unitsOf));
    const escaped = phrases(values.map((value) => plainUnits(unitsOf(value))));
    const longest = asTheyAre.reduce((most, { units }) => Math.max(most, units.length), 0);
    return {
      asTheyAre: new PhraseFinder(asTheyAre),
      escaped: new PhraseFinder(escaped),
      reach: longest * MOST_ESCAPED,
    };
  }
}

/** How a secret is written by itself. Undoing the escapes of the text finds other ways, and mixtures. */
function formsOf(secret: string): string[] {
  return [secret, percentDecoded(secret)].flatMap((value) => {
    const encoded = encodeURIComponent(wellFormed(value));
    return [value, encoded, encoded.replaceAll('%20', '+'), JSON.stringify(value).slice(1, -1), ...html(value)];
  });
}

function html(text: string): string[] {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return ['&#39;', '&#x27;', '&apos;'].map((quote) => escaped.replaceAll('"', '&quot;').replaceAll("'", quote));
}

/** Half a surrogate pair cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function phrases(all: readonly Uint16Array[]): Phrase[] {
  const different = new Map(all.filter(({ length }) => length >= SHORTEST).map((units) => [units.join(), units]));
  return [...different.values()].map((units) => ({
    units,
    wholeWord: units.length <= LONGEST_WORD && units.every(isLetterOrDigit),
  }));
}

function escapedRanges(units: Uint16Array, finder: PhraseFinder): Ranges {
  const plain = plainText(units);
  const ranges = new Ranges();
  if (plain === undefined) return ranges;
  const { starts } = plain;
  const found = finder.find(plain.units);
  for (let i = 0; i < found.count; i++) ranges.add(starts[found.from(i)] ?? 0, starts[found.to(i)] ?? units.length);
  return ranges;
}

function replaced(text: string, units: Uint16Array, ranges: Ranges, from: number, upTo: number): string {
  if (ranges.count === 0) return text.slice(from, upTo);
  const mask = unitsOf(MASK);
  const result = new Uint16Array(upTo - from + ranges.count * mask.length);
  let [length, at] = [0, from];
  for (let i = 0; i < ranges.count; i++) {
    const end = ranges.to(i);
    if (end <= from) continue;
    const start = ranges.from(i);
    if (start >= upTo) break;
    while (at < start) result[length++] = units[at++] ?? 0;
    for (let j = 0; j < mask.length; j++) result[length++] = mask[j] ?? 0;
    at = end;
  }
  while (at < upTo) result[length++] = units[at++] ?? 0;
  return Buffer.from(result.buffer, 0, length * 2).toString('utf16le');
}

/** The secrets of this process. It has one environment, so it has one set of them. */
export const knownSecrets = new Secrets();

/** The text without secrets: those that this process knows, and those that stand where secrets stand. */
export function maskSecrets(text: string, part: { from?: number; upTo?: number } = {}): string {
  return knownSecrets.mask(text, part);
}
