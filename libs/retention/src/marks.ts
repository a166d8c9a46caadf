/** When a disk is too full, and how much has to go. */
import type { RetentionRules, Volume } from './stored';

export type Disk = Omit<Volume, 'trees'>;
export type Marks = Pick<RetentionRules, 'highPercent' | 'lowPercent' | 'minFreeBytes'>;

/** Bytes that have to go from a disk; 0 where it is not too full. */
export function excessBytes({ usedBytes, freeBytes }: Disk, { highPercent, lowPercent, minFreeBytes }: Marks): number {
  const totalBytes = usedBytes + freeBytes;
  if (usedBytes < (totalBytes * highPercent) / 100 && freeBytes >= minFreeBytes) return 0;
  return Math.max(0, usedBytes - Math.min((totalBytes * lowPercent) / 100, totalBytes - minFreeBytes));
}

/** Bytes above the high mark; below 0 where there is room. */
export function overHighMark(
  { usedBytes, freeBytes }: Disk,
  { highPercent, minFreeBytes }: Pick<Marks, 'highPercent' | 'minFreeBytes'>,
): number {
  const totalBytes = usedBytes + freeBytes;
  return usedBytes - Math.min((totalBytes * highPercent) / 100, totalBytes - minFreeBytes);
}

/** The marks at which recording is in danger: half way from the high mark to quite full. */
export function inDanger({ highPercent, minFreeBytes }: Marks): Marks {
  return { highPercent: (highPercent + 100) / 2, lowPercent: highPercent, minFreeBytes: minFreeBytes / 2 };
}
