/**
 * Parses JSON as real programs write it. JSON.parse takes what RFC 8259 allows. This takes two more things:
 * - NaN and the infinities, which Python, C and Go write bare. JSON has no such numbers, so they become null.
 * - Whole numbers that a double cannot hold, such as 64-bit ids. They become text with the same digits, because
 * JSON.parse would give two ids one value.
 *
 * What stands inside strings stays as it is. Throws JSON.parse's SyntaxError.
 */
export function parseLooseJson(text: string): unknown {
  if (LONG_DIGITS.test(text)) return JSON.parse(toStrictJson(text));
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(toStrictJson(text));
  }
}

/** Below 16 digits every whole number is exact. */
const LONG_DIGITS = /\d{16}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHOLE = /^-?\d{16,}$/;
const NOT_A_NUMBER = /[+-]?(?:nan|inf(?:inity)?)(?![A-Za-z0-9_])/iy;
const QUOTE = '"';
const BACKSLASH = '\\';

/** Works in one pass, linear in the text's length, whatever the text holds. */
function toStrictJson(text: string): string {
  const parts: string[] = [];
  let copiedTo = 0;
  const replace = (from: number, to: number, by: string): void => {
    parts.push(text.slice(copiedTo, from), by);
    copiedTo = to;
  };
  let at = 0;
  while (at < text.length) {
    if (text[at] === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    const nothing = tokenAt(NOT_A_NUMBER, text, at);
    const number = nothing === undefined ? tokenAt(NUMBER, text, at) : undefined;
    const end = at + (nothing ?? number ?? text.charAt(at)).length;
    if (nothing !== undefined) replace(at, end, 'null');
    else if (number !== undefined && WHOLE.test(number) && !Number.isSafeInteger(Number(number)))
      replace(at, end, `"${number}"`);
    at = end;
  }
  parts.push(text.slice(copiedTo));
  return parts.join('');
}

/** The place behind the closing quote, or the text's end where there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function tokenAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
