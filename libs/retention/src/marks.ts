/** Decides when a disk is too full, and how much has to go. */
import type { RetentionRules, Volume } from './stored';

export type Disk = Omit<Volume, 'trees'>;
export type Marks = Pick<RetentionRules, 'highPercent' | 'lowPercent' | 'minFreeBytes'>;

/** How many bytes have to go from a disk. It is 0 where the disk is not too full. */
export function excessBytes({ usedBytes, freeBytes }: Disk, { highPercent, lowPercent, minFreeBytes }: Marks): number {
  const totalBytes = usedBytes + freeBytes;
  if (usedBytes < (totalBytes * highPercent) / 100 && freeBytes >= minFreeBytes) return 0;
  return Math.max(0, usedBytes - Math.min((totalBytes * lowPercent) / 100, totalBytes - minFreeBytes));
}

/** Bytes above the high mark. A negative number is room. */
export function overHighMark(
  { usedBytes, freeBytes }: Disk,
  { highPercent, minFreeBytes }: Pick<Marks, 'highPercent' | 'minFreeBytes'>,
): number {
  const totalBytes = usedBytes + freeBytes;
  return usedBytes - Math.min((totalBytes * highPercent) / 100, totalBytes - minFreeBytes);
}

/** The marks at which recording is in danger: half way from the high mark to a full disk. */
export function inDanger({ highPercent, minFreeBytes }: Marks): Marks {
  return { highPercent: (highPercent + 100) / 2, lowPercent: highPercent, minFreeBytes: minFreeBytes / 2 };
}
