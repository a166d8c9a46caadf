/** Writes lengths, sizes and tables as people read them. */
import { largestOf } from '@vr/base';
import type { Gap } from '@vr/footage';

export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1);
}

/** `2026-11-23 10:00:00`, UTC. */
export function moment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** `camera_stalled 8.0 s (2), unknown 1.2 min (1)`, the longest first. */
export function gapsByReason(gaps: readonly Gap[]): string {
  const sums = new Map<string, { ms: number; count: number }>();
  for (const { reason, startMs, endMs } of gaps) {
    const sum = sums.get(reason) ?? { ms: 0, count: 0 };
    sums.set(reason, { ms: sum.ms + endMs - startMs, count: sum.count + 1 });
  }
  const longestFirst = [...sums].sort(([, a], [, b]) => b.ms - a.ms);
  return longestFirst.map(([reason, { ms, count }]) => `${reason} ${duration(ms)} (${count})`).join(', ') || 'none';
}

/** Makes columns as wide as they need to be. Those in `right` are aligned to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => largestOf(rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number): string =>
    right.includes(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
