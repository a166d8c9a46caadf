// A text with its escapes undone, however they are mixed and nested: percent-encoding (also of percent signs, again and
// again), and backslashes as JSON, shells and loggers put them. Two texts that say the same become the same, whoever
// escaped them. So do a few that do not say the same, which costs a mask too many.
import { hexDigit, UNIT, unitAt, unitsOf } from './units';

export interface PlainText {
  units: Uint16Array;
  /** Where each unit began in the original text. One more entry stands for its end. */
  starts: Int32Array;
}

/** All white space becomes the same, in each of its forms: itself, a letter behind a backslash, a form's `+`. */
const PLAIN = new Uint16Array(1 << 16).map((_, unit) => unit);
for (const unit of unitsOf('+\b\f\n\r\t')) PLAIN[unit] = UNIT.space;
const BEHIND_BACKSLASH = PLAIN.slice();
for (const unit of unitsOf('bfnrt')) BEHIND_BACKSLASH[unit] = UNIT.space;
const LETTER_U = 0x75;

export function holdsEscapes(units: Uint16Array): boolean {
  return units.includes(UNIT.percent) || units.includes(UNIT.backslash);
}

/** Undefined where nothing was escaped, although it looked so. */
export function plainText(units: Uint16Array): PlainText | undefined {
  const plain = new Uint16Array(units.length);
  const starts = new Int32Array(units.length + 1);
  const code = new PercentCode(units);
  let count = 0;
  /** Where the backslashes before the next unit began. They belong to it, however many nesting has made of them. */
  let backslashes = -1;
  for (let at = 0; at < units.length;) {
    let start = at;
    let unit = units[at++] ?? 0;
    if (unit === UNIT.percent && hexDigit(unitAt(units, at)) >= 0) {
      at = code.read(start);
      unit = code.unit;
    }
    if (unit === UNIT.backslash) {
      if (backslashes < 0) backslashes = start;
      continue;
    }
    if (backslashes >= 0) {
      start = backslashes;
      backslashes = -1;
      const point = unit === LETTER_U ? codePointAt(units, at) : -1;
      if (point >= 0) at += 4;
      unit = point >= 0 ? point : (BEHIND_BACKSLASH[unit] ?? unit);
    }
    plain[count] = PLAIN[unit] ?? unit;
    starts[count++] = start;
    if (code.low !== 0) {
      plain[count] = code.low;
      starts[count++] = start;
      code.low = 0;
    }
    for (; at < units.length; at++) {
      const next = units[at] ?? 0;
      if (next === UNIT.percent || next === UNIT.backslash) break;
      plain[count] = PLAIN[next] ?? next;
      starts[count++] = at;
    }
  }
  if (count === units.length) return undefined;
  starts[count] = units.length;
  return { units: plain.subarray(0, count), starts: starts.subarray(0, count + 1) };
}

/** The units of the plain text, whether or not anything was escaped. */
export function plainUnits(units: Uint16Array): Uint16Array {
  return plainText(units)?.units ?? units.map((unit) => PLAIN[unit] ?? unit);
}

/** Reads what a percent sign and the digits behind it say. */
class PercentCode {
  unit = 0;
  /** The second half of a surrogate pair, or 0. */
  low = 0;
  private end = 0;

  constructor(private readonly units: Uint16Array) {}

  /** @returns where the code ends; a percent sign that begins no code stands for itself */
  read(percent: number): number {
    const first = this.byte(percent);
    this.low = 0;
    this.unit = first < 0 ? UNIT.percent : first;
    const end = this.end;
    return first < 0xc0 || this.character(first) ? this.end : (this.end = end);
  }

  /** Reads a character of several bytes in UTF-8. Where they are not UTF-8, Latin-1 is as good. */
  private character(first: number): boolean {
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    let point = first & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const next = unitAt(this.units, this.end) === UNIT.percent ? this.byte(this.end) : -1;
      if (next < 0x80 || next > 0xbf) return false;
      point = (point << 6) | (next & 0x3f);
    }
    this.unit = point > 0xffff ? 0xd800 + ((point - 0x10000) >> 10) : point;
    this.low = point > 0xffff ? 0xdc00 + ((point - 0x10000) & 0x3ff) : 0;
    return true;
  }

  /**
   * The byte that the percent sign begins, or -1. The sign has a `25` behind it for each time it was encoded itself.
   */
  private byte(percent: number): number {
    const { units } = this;
    let digits = percent + 1;
    while (unitAt(units, digits) === 0x32 && unitAt(units, digits + 1) === 0x35) digits += 2;
    const byte = byteAt(units, digits);
    this.end = byte < 0 ? digits : digits + 2;
    return byte;
  }
}

/** The byte that two hexadecimal digits stand for, or -1. */
function byteAt(units: Uint16Array, at: number): number {
  const high = hexDigit(unitAt(units, at));
  const low = hexDigit(unitAt(units, at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** The number that four hexadecimal digits stand for, or -1. */
function codePointAt(units: Uint16Array, at: number): number {
  const high = byteAt(units, at);
  const low = byteAt(units, at + 2);
  return high < 0 || low < 0 ? -1 : high * 256 + low;
}
