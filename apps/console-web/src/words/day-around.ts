/**
 * A day of this machine's zone: from its midnight to the next, so 23 or 25 hours where clocks change.
 * @param day `2026-11-28`, as an input of type `date` gives it
 * @returns seconds since the epoch; undefined where it is no day
 */
export function dayAround(day: string): { start: number; end: number } | undefined {
  const [, year, month, date] = (/^(\d{4,6})-(\d{2})-(\d{2})$/.exec(day) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const midnight = (n: number): number => new Date(year, month - 1, n).getTime() / 1000;
  return { start: midnight(date), end: midnight(date + 1) };
}
