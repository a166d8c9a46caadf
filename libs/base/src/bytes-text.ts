const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size for a person: `512 B`, `91.2 kB`, `25.0 GB`. A kB has 1000 bytes. */
export function bytesText(bytes: number): string {
  let [value, unit] = [Math.max(0, bytes), 0];
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${UNITS[unit] ?? ''}`;
}
