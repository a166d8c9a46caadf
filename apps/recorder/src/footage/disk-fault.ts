/** What the disk refuses, as the reason that people see. */
import { OutsideRootError } from '@vr/base';
import type { GapReason } from '@vr/contracts';

const REASONS: Readonly<Record<string, GapReason>> = { ENOSPC: 'disk_full', EDQUOT: 'disk_full' };

/**
 * Any error that came from the file system, or from a link in it that leads out of RECORDINGS_DIR; undefined for a
 * fault of our own, which nobody should hide.
 */
export function diskFaultReason(error: unknown): GapReason | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof MissingVolumeError || error instanceof OutsideRootError) return 'disk_error';
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  return REASONS[code] ?? 'disk_error';
}

/** The volume of the recordings is not mounted: writing there would fill the disk below its mount point. */
export class MissingVolumeError extends Error {
  constructor(path: string) {
    super(
      `${path} is on no mounted volume of its own, which RECORDINGS_REQUIRE_MOUNT wants: mount it (nothing is recorded meanwhile), or unset RECORDINGS_REQUIRE_MOUNT`,
    );
    this.name = 'MissingVolumeError';
  }
}
