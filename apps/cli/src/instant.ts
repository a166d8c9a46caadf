import { parseInstant as parseOutside } from '@vr/base';

const AGO = /^-(\d{1,7}(?:\.\d+)?)(s|m|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads an instant as a person types it. A day means its beginning in UTC. Undefined for any other text. */
export function parseInstant(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const [, count, unit] = AGO.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNIT_MS[unit ?? ''] ?? NaN);
  const read = parseOutside(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00Z` : text);
  // A day is UTC here. A time without a zone would follow another clock, so it is refused.
  return read?.assumed === false ? read.ms : undefined;
}
