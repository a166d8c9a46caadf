// Finds secrets that nobody told us of by their place: `scheme://user:HERE@`, `password=HERE`, `"token": "HERE"`,
// `Authorization: Bearer HERE`. It walks the text once, and looks at each unit a small number of times, whatever the
// text is.
import { Ranges } from './ranges';
import { isDigit, isLetterOrDigit, UNIT, unitAt, unitsOf } from './units';

const HEADER = 'authorization';
/** A name that ends with one of these names a secret. */
const SECRET_NAMES = [
  ...['pass', 'password', 'passwd', 'passphrase', 'pwd', 'psw', 'secret', 'token', 'signature', HEADER],
  ...['api', 'access', 'secret'].flatMap((kind) => ['', '_', '-'].map((joint) => `${kind}${joint}key`)),
].map((name) => ({ name, units: unitsOf(name) }));
/** Sorts them by their last three letters, which few other words share. */
const NAMES_ENDING: (readonly { name: string; units: Uint16Array }[] | undefined)[] = Array.from(
  { length: 2 ** 15 },
  () => undefined,
);
for (const { units } of SECRET_NAMES) {
  const letters = lastLetters(units, units.length);
  NAMES_ENDING[letters] = SECRET_NAMES.filter((other) => lastLetters(other.units, other.units.length) === letters);
}
const BEARER = unitsOf('bearer');
const SCHEMES = [unitsOf('basic'), BEARER, unitsOf('digest')] as const;
const SHORTEST_BEARER_TOKEN = 8;
const MOST_PORT_DIGITS = 5;
const MOST_BACKSLASHES = 7;

/** Kinds of units, as bits. A TRIGGER may stand before a secret. */
const BLANK = 1;
const LINE_END = 2;
const QUOTE = 4;
const SEPARATOR = 8;
const TRIGGER = 16;
/** This may end what stands before a trigger: a name, or what closes it. */
const NAME_END = 32;
const KINDS = new Uint8Array(128).fill(BLANK, 0, UNIT.space + 1);
for (const unit of unitsOf('\r\n')) KINDS[unit] = BLANK | LINE_END;
for (const unit of unitsOf('&<>')) KINDS[unit] = SEPARATOR;
for (const unit of unitsOf(':=')) KINDS[unit] = TRIGGER;
KINDS[UNIT.space] = BLANK | TRIGGER | NAME_END;
for (const unit of unitsOf('"\'\\')) KINDS[unit] = QUOTE | NAME_END;
for (const name of ['bearer', ...SECRET_NAMES.map((each) => each.name)])
  for (const unit of unitsOf(name.slice(-1) + name.slice(-1).toUpperCase())) KINDS[unit] = NAME_END;

/** @param isCut the text goes on behind its end, so what may be a password up to there counts as one */
export function credentialRanges(units: Uint16Array, isCut = false): Ranges {
  const found = new Ranges();
  const scan = new CredentialScan(units, isCut, found);
  for (let at = 0; at < units.length;) {
    if ((kindOf(units[at] ?? 0) & TRIGGER) !== 0 && scan.isSign(at)) at = scan.look(at);
    else at += 1;
  }
  return found;
}

class CredentialScan {
  constructor(
    private readonly units: Uint16Array,
    private readonly isCut: boolean,
    private readonly found: Ranges,
  ) {}

  /** Looks for a secret behind a trigger. @returns where to go on */
  look(trigger: number): number {
    if (this.isAuthority(trigger)) return this.url(trigger + 3);
    return this.at(trigger) === UNIT.space ? this.bearer(trigger) : this.named(trigger);
  }

  private at(place: number): number {
    return unitAt(this.units, place);
  }

  /** Whether a name may end before this trigger, or a URL's host begins behind it. */
  isSign(trigger: number): boolean {
    return (kindOf(this.at(trigger - 1)) & NAME_END) !== 0 || this.isAuthority(trigger);
  }

  /** Whether `://` stands here. */
  private isAuthority(colon: number): boolean {
    return this.at(colon) === UNIT.colon && this.at(colon + 1) === UNIT.slash && this.at(colon + 2) === UNIT.slash;
  }

  /** @returns where to go on */
  private mask(from: number, to: number): number {
    if (to <= from) return from;
    this.found.add(from, to);
    return to;
  }

  /**
   * Credentials end at the last `@` of their URL, and the user at its first colon: passwords as people type them hold
   * `@`, `:`, `/` and quotes. A URL ends at white space, at the next `scheme://`, and at a quote where no password can
   * have begun.
   * @returns where to go on: not behind the URL, because its query may hold secrets as well
   */
  private url(from: number): number {
    let colon = -1;
    let slash = -1;
    let lastAt = -1;
    let lastAtOfHost = -1;
    let at = from;
    for (; at < this.units.length; at++) {
      const unit = this.units[at] ?? 0;
      if (unit > 127 || (unit > UNIT.at && unit !== UNIT.backslash)) continue;
      if (unit <= UNIT.space || unit === UNIT.less || unit === UNIT.greater) break;
      if (unit === UNIT.at) {
        lastAt = at;
        if (slash < 0) lastAtOfHost = at;
      } else if (unit === UNIT.slash) {
        if (slash < 0) slash = at;
      } else if (unit === UNIT.colon) {
        if (this.isAuthority(at)) break;
        if (colon < 0) colon = at;
      } else if (isQuote(unit) && (colon < 0 || (slash >= 0 && slash < colon) || this.isPort(colon))) {
        break;
      }
    }
    const hasPassword = colon >= 0 && (slash < 0 || colon < slash) && !this.isPort(colon);
    if (at === this.units.length && this.isCut && hasPassword) return this.mask(colon + 1, at);
    if (hasPassword && colon < lastAt) return this.mask(colon + 1, lastAt);
    // A user without a password is a token.
    return lastAtOfHost >= 0 && (colon < 0 || colon > lastAtOfHost) ? this.mask(from, lastAtOfHost) : from;
  }

  /** Whether a port, and not a password, stands behind the colon. */
  private isPort(colon: number): boolean {
    let at = colon + 1;
    while (at <= colon + MOST_PORT_DIGITS && isDigit(this.at(at))) at += 1;
    const behind = this.at(at);
    return (
      at > colon + 1 &&
      (behind === UNIT.slash || behind === UNIT.question || (kindOf(behind) & (BLANK | QUOTE | SEPARATOR)) !== 0)
    );
  }

  /** Finds a value behind `name=`. Behind `name:` it must be quoted, because prose has colons too. */
  private named(separator: number): number {
    const name = this.nameBefore(separator);
    if (name === undefined) return separator + 1;
    let from = this.skipSpaces(separator + 1);
    const isHeader = name === HEADER;
    const quoted = this.behindQuote(from);
    if (quoted >= 0) {
      const closing = this.closing(quoted, quoted - 1 - from);
      return this.mask(isHeader ? this.skipScheme(quoted) : quoted, closing);
    }
    if (isHeader) {
      from = this.skipScheme(from);
      return this.mask(from, this.until(from, LINE_END | QUOTE));
    }
    // `name= x` is a sentence, `name=x` is not.
    if (this.at(separator) === UNIT.colon || from > separator + 1) return separator + 1;
    return this.mask(from, this.until(from, BLANK | QUOTE | SEPARATOR));
  }

  /** Finds `Bearer TOKEN` wherever it stands. */
  private bearer(space: number): number {
    if (!this.endsWith(BEARER, space) || isLetterOrDigit(this.at(space - BEARER.length - 1))) return space + 1;
    const to = this.until(space + 1, BLANK | QUOTE | SEPARATOR);
    return to - space - 1 >= SHORTEST_BEARER_TOKEN ? this.mask(space + 1, to) : space + 1;
  }

  private nameBefore(separator: number): string | undefined {
    let to = separator;
    while (separator - to < 4 && (isQuote(this.at(to - 1)) || this.at(to - 1) === UNIT.space)) to -= 1;
    const names = NAMES_ENDING[lastLetters(this.units, to)];
    for (let i = 0; names !== undefined && i < names.length; i++) {
      const named = names[i];
      if (named !== undefined && this.endsWith(named.units, to)) return named.name;
    }
    return undefined;
  }

  private endsWith(lowerCase: Uint16Array, to: number): boolean {
    const offset = to - lowerCase.length;
    for (let i = lowerCase.length - 1; i >= 0; i--) {
      const unit = this.at(offset + i);
      const wanted = lowerCase[i] ?? 0;
      if (unit !== wanted && (!isLetterOrDigit(unit) || (unit | 0x20) !== wanted)) return false;
    }
    return true;
  }

  private skipScheme(from: number): number {
    for (const scheme of SCHEMES) {
      const to = from + scheme.length;
      if (this.at(to) === UNIT.space && this.endsWith(scheme, to)) return to + 1;
    }
    return from;
  }

  private skipSpaces(from: number): number {
    let at = from;
    while (at < from + 2 && this.at(at) === UNIT.space) at += 1;
    return at;
  }

  /** The place behind the quote that opens here, perhaps with backslashes before it. It is -1 where none does. */
  private behindQuote(from: number): number {
    let at = from;
    while (at < from + MOST_BACKSLASHES && this.at(at) === UNIT.backslash) at += 1;
    return this.at(at) === UNIT.doubleQuote || this.at(at) === UNIT.singleQuote ? at + 1 : -1;
  }

  /** Where the value ends: at the same quote behind as many backslashes as opened it, or at the end of the line. */
  private closing(from: number, escaped: number): number {
    const quote = this.at(from - 1);
    let backslashes = 0;
    for (let at = from; at < this.units.length; at++) {
      const unit = this.units[at] ?? 0;
      if (unit === UNIT.newline) return at;
      if (unit === quote && backslashes <= escaped) return at - backslashes;
      backslashes = unit === UNIT.backslash ? backslashes + 1 : 0;
    }
    return this.units.length;
  }

  /** The next unit of one of these kinds, or the end. */
  private until(from: number, kinds: number): number {
    let at = from;
    while (at < this.units.length && (kindOf(this.units[at] ?? 0) & kinds) === 0) at += 1;
    return at;
  }
}

/** The three letters before `to` as a number of 15 bits, in any case. A unit that is no letter becomes some letter. */
function lastLetters(units: Uint16Array, to: number): number {
  return ((unitAt(units, to - 3) & 31) << 10) | ((unitAt(units, to - 2) & 31) << 5) | (unitAt(units, to - 1) & 31);
}

function kindOf(unit: number): number {
  return unit > 127 ? 0 : (KINDS[unit] ?? 0);
}

function isQuote(unit: number): boolean {
  return (kindOf(unit) & QUOTE) !== 0;
}
