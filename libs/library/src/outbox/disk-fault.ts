import { errorCode, OutsideRootError } from '@vr/base';

const DISK_FAULTS: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/**
 * Whether the disk takes nothing now, or a link leads out of the library. That is no fault of the clip or snapshot,
 * however long it lasts. A child process tells of a full disk only in words.
 */
export function isDiskFault(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof OutsideRootError || DISK_FAULTS.has(errorCode(at))) return true;
    if (at.message.includes('No space left on device')) return true;
  }
  return false;
}
