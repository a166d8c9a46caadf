import { errorFacts, shownText } from './error-facts';

/** A line of the log holds no more bytes than this, its end included. */
export const LOG_LINE_BYTES = 8192;
/** Leaves room for what every line has beside its entry: time, level, name. */
const OTHER_BYTES = 512;
const MOST_DEPTH = 6;
/** We try these one after the other, until the line is short enough. */
const LIMITS = [
  { characters: 2048, items: 50, values: 1000 },
  { characters: 512, items: 20, values: 200 },
  { characters: 128, items: 5, values: 50 },
] as const;
type Limits = (typeof LIMITS)[number];
/** Names that code gives are not secrets, even where a secret is the same word. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,40}$/;

/**
 * An entry of the log and its message as they may be written. They hold no secrets, errors appear as their facts, and
 * both fit on one line. What had to be cut says so.
 */
export function logEntry(
  entry: Readonly<Record<string, unknown>>,
  message: string,
): { entry: Record<string, unknown>; message: string } {
  for (const limits of LIMITS) {
    const shown = { entry: new EntryCleaner(limits).fields(entry, 0), message: shownText(message, limits.characters) };
    if (Buffer.byteLength(JSON.stringify(shown)) <= LOG_LINE_BYTES - OTHER_BYTES) return shown;
  }
  return { entry: { cut: 'the entry was too long for the log' }, message: shownText(message, LIMITS[2].characters) };
}

class EntryCleaner {
  private left: number;

  constructor(private readonly limits: Limits) {
    this.left = limits.values;
  }

  fields(object: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    let count = 0;
    for (const key of Object.keys(object)) {
      if (count++ === this.limits.items || this.left <= 0) {
        shown['…'] = `cut: ${Object.keys(object).length} fields`;
        break;
      }
      shown[PLAIN_NAME.test(key) ? key : shownText(key, 100)] = this.value(read(object, key), depth);
    }
    return shown;
  }

  private value(value: unknown, depth: number): unknown {
    this.left -= 1;
    if (typeof value === 'string') return shownText(value, this.limits.characters);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object' || value === null)
      return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
    if (value instanceof Error) return errorFacts(value, this.limits.characters);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof URL) return shownText(value.href, this.limits.characters);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.byteLength} bytes`;
    if (depth === MOST_DEPTH) return '… (cut: too deep)';
    if (value instanceof Map) return this.list([...value], depth + 1);
    if (Array.isArray(value) || value instanceof Set) return this.list([...(value as Iterable<unknown>)], depth + 1);
    return this.fields(value as Record<string, unknown>, depth + 1);
  }

  private list(items: readonly unknown[], depth: number): unknown[] {
    const shown: unknown[] = [];
    for (const item of items) {
      if (shown.length === this.limits.items || this.left <= 0) {
        shown.push(`… (cut: ${items.length} items)`);
        break;
      }
      shown.push(this.value(item, depth));
    }
    return shown;
  }
}

/** A getter may throw. */
function read(object: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return object[key];
  } catch {
    return 'cannot be read';
  }
}
