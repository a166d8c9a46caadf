/** Translates a refusal of the disk into the reason that people see. */
import { OutsideRootError } from '@vr/base';
import type { GapReason } from '@vr/contracts';

const REASONS: Readonly<Record<string, GapReason>> = { ENOSPC: 'disk_full', EDQUOT: 'disk_full' };

/**
 * Gives a reason for any error of the file system, and for a link that leads out of RECORDINGS_DIR. It gives undefined
 * for a fault of our own, because nobody should hide such a fault.
 */
export function diskFaultReason(error: unknown): GapReason | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof MissingVolumeError || error instanceof OutsideRootError) return 'disk_error';
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  return REASONS[code] ?? 'disk_error';
}

/** The volume of the recordings is not mounted. Footage written now would fill the disk below its mount point. */
export class MissingVolumeError extends Error {
  constructor(path: string) {
    super(
      `RECORDINGS_REQUIRE_MOUNT wants a mounted volume at ${path}, but ${path} is not on a volume of its own; ` +
        'nothing is recorded meanwhile. Mount the volume, or unset RECORDINGS_REQUIRE_MOUNT',
    );
    this.name = 'MissingVolumeError';
  }
}
