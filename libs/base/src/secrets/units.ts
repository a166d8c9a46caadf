/** A text as UTF-16 code units. We sometimes scan a million characters here, and strings are slow to walk. */
export function unitsOf(text: string): Uint16Array {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
}

export const UNIT = {
  newline: 0x0a,
  space: 0x20,
  doubleQuote: 0x22,
  percent: 0x25,
  ampersand: 0x26,
  singleQuote: 0x27,
  plus: 0x2b,
  slash: 0x2f,
  colon: 0x3a,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
  question: 0x3f,
  at: 0x40,
  backslash: 0x5c,
} as const;

/**
 * The unit at a place, or 0 where there is none. A typed array that is asked beyond its ends makes every later question
 * slow.
 */
export function unitAt(units: Uint16Array, at: number): number {
  return at >= 0 && at < units.length ? (units[at] ?? 0) : 0;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

export function isLetterOrDigit(unit: number): boolean {
  const lower = unit | 0x20;
  return isDigit(unit) || (lower >= 0x61 && lower <= 0x7a);
}

const HEX_DIGITS = new Int8Array(128).fill(-1);
for (const digit of '0123456789abcdefABCDEF') HEX_DIGITS[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(unit: number): number {
  return unit > 127 ? -1 : (HEX_DIGITS[unit] ?? -1);
}
