const GIGABYTE = 1e9;

/** Bytes as disks are sold: a GB is 10^9. */
export function shownSize(sizeBytes: number, language: string): string {
  const digits = sizeBytes < 10 * GIGABYTE ? 2 : 0;
  const format = new Intl.NumberFormat(language, { style: 'unit', unit: 'gigabyte', maximumFractionDigits: digits });
  return format.format(sizeBytes / GIGABYTE);
}
