// A text with its escapes undone, however they are mixed and nested: percent-encoding (also of percent signs, again and again),
// backslashes as JSON, shells and loggers put them. Two texts that say the same become the same, whoever escaped them;
// a few that do not say the same become so as well, which costs a mask too many.
import { hexDigit, UNIT, unitAt, unitsOf } from './units';

export interface PlainText {
  units: Uint16Array;
  /** Where each unit began in the text as it was given; one more for its end. */
  starts: Int32Array;
}

/** Kinds of units, as bits. All white space is the same, however it is written: as itself, as a letter behind a backslash, as a form's `+`. */
const [CHANGES, WHITE_SPACE, WHITE_SPACE_LETTER] = [1, 2, 4];
const KINDS = new Uint8Array(128);
for (const unit of unitsOf('%\\')) KINDS[unit] = CHANGES;
for (const unit of unitsOf('+\b\f\n\r\t')) KINDS[unit] = CHANGES | WHITE_SPACE;
for (const unit of unitsOf('bfnrt')) KINDS[unit] = WHITE_SPACE_LETTER;
const LETTER_U = 0x75;

export function holdsEscapes(units: Uint16Array): boolean {
  return units.includes(UNIT.percent) || units.includes(UNIT.backslash);
}

/** Undefined where nothing was escaped, though it looked so. */
export function plainText(units: Uint16Array): PlainText | undefined {
  const writer = new PlainWriter(units);
  for (let at = 0; at < units.length; ) {
    at = writer.copy(at);
    if (at < units.length) at = writer.undo(at);
  }
  return writer.end();
}

/** The units of the plain text, whether or not anything was escaped. */
export function plainUnits(units: Uint16Array): Uint16Array {
  return plainText(units)?.units ?? units.map((unit) => (is(unit, WHITE_SPACE) ? UNIT.space : unit));
}

class PlainWriter {
  private readonly plain: Uint16Array;
  private readonly starts: Int32Array;
  private count = 0;
  /** Where the backslashes before the next unit began: they belong to it, however many nesting has made of them. */
  private backslashes = -1;

  constructor(private readonly units: Uint16Array) {
    this.plain = new Uint16Array(units.length);
    this.starts = new Int32Array(units.length + 1);
  }

  /** Takes what stays as it is. @returns where that ends */
  copy(from: number): number {
    if (this.backslashes >= 0) return from;
    const { units, plain, starts } = this;
    let count = this.count;
    let at = from;
    for (; at < units.length; at++) {
      const unit = units[at] ?? 0;
      if (is(unit, CHANGES)) break;
      plain[count] = unit;
      starts[count++] = at;
    }
    this.count = count;
    return at;
  }

  /** Undoes the escape that may begin here, and what the backslashes before it make of it. @returns where it ends */
  undo(start: number): number {
    const { units } = this;
    const unit = unitAt(units, start);
    if (unit === UNIT.percent && hexDigit(unitAt(units, start + 1)) >= 0) return this.undoPercent(start);
    return this.write(unit, start, start + 1);
  }

  end(): PlainText | undefined {
    const { plain, starts, count } = this;
    if (count === plain.length) return undefined;
    starts[count] = plain.length;
    return { units: plain.subarray(0, count), starts: starts.subarray(0, count + 1) };
  }

  private undoPercent(start: number): number {
    const digits = behindPercent(this.units, start);
    const byte = byteAt(this.units, digits);
    if (byte < 0) return this.write(UNIT.percent, start, digits);
    const character = byte < 0xc0 ? undefined : characterAt(this.units, start);
    if (character === undefined) return this.write(byte, start, digits + 2);
    const { point, end } = character;
    if (point <= 0xffff) return this.write(point, start, end);
    this.write(0xd800 + ((point - 0x10000) >> 10), start, end);
    return this.write(0xdc00 + ((point - 0x10000) & 0x3ff), start, end);
  }

  /** @returns where to go on, which is `end` unless backslashes take more */
  private write(unit: number, start: number, end: number): number {
    if (unit === UNIT.backslash) {
      if (this.backslashes < 0) this.backslashes = start;
      return end;
    }
    if (this.backslashes >= 0) return this.writeEscaped(unit, end);
    this.put(unit, start);
    return end;
  }

  private writeEscaped(unit: number, end: number): number {
    const point = unit === LETTER_U ? codePointAt(this.units, end) : -1;
    this.put(point >= 0 ? point : is(unit, WHITE_SPACE_LETTER) ? UNIT.space : unit, this.backslashes);
    this.backslashes = -1;
    return point >= 0 ? end + 4 : end;
  }

  private put(unit: number, start: number): void {
    this.plain[this.count] = is(unit, WHITE_SPACE) ? UNIT.space : unit;
    this.starts[this.count++] = start;
  }
}

function is(unit: number, kind: number): boolean {
  return unit < 128 && ((KINDS[unit] ?? 0) & kind) !== 0;
}

/** Behind the percent sign at `from`, and behind any number of `25` for percent signs that were encoded themselves. */
function behindPercent(units: Uint16Array, from: number): number {
  let at = from + 1;
  while (unitAt(units, at) === 0x32 && unitAt(units, at + 1) === 0x35) at += 2;
  return at;
}

/** The byte that two hexadecimal digits say, or -1. */
function byteAt(units: Uint16Array, at: number): number {
  const high = hexDigit(unitAt(units, at));
  const low = hexDigit(unitAt(units, at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** What four hexadecimal digits say, or -1. */
function codePointAt(units: Uint16Array, at: number): number {
  const high = byteAt(units, at);
  const low = byteAt(units, at + 2);
  return high < 0 || low < 0 ? -1 : high * 256 + low;
}

/** A character of several bytes in UTF-8 that begins with the percent sign at `from`; undefined where it is none: then Latin-1 is as good. */
function characterAt(units: Uint16Array, from: number): { point: number; end: number } | undefined {
  let at = behindPercent(units, from);
  const first = byteAt(units, at);
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  let point = first & (0x3f >> more);
  for (let i = 0; i < more; i++) {
    at += 2;
    if (unitAt(units, at) !== UNIT.percent) return undefined;
    at = behindPercent(units, at);
    const next = byteAt(units, at);
    if (next < 0x80 || next > 0xbf) return undefined;
    point = (point << 6) | (next & 0x3f);
  }
  return { point, end: at + 2 };
}
