import { DAY_MS } from '@vr/base';
import type { Deletion, RetentionRules } from '@vr/retention';

/** Why something goes, for the audit and the dry run. */
export function reasonText({ kind, reason, cameraId }: Deletion, rules: RetentionRules): string {
  if (reason === 'quota')
    return `quota: ${cameraId} has more than its max_gb of ${(rules.maxBytesByCamera.get(cameraId) ?? 0) / 1e9}`;
  if (reason === 'budget')
    return (
      'budget: ' +
      (kind.startsWith('clip') ? 'clips have more than CLIPS_MAX_GB' : 'snapshots have more than SNAPSHOTS_MAX_GB')
    );
  if (reason === 'space')
    return `space: the disk is above ${rules.highPercent} % or has less than ${rules.minFreeBytes / 1e9} GB free`;
  const ageMs =
    kind === 'clip'
      ? rules.clipMs
      : kind === 'snapshot'
        ? rules.snapshotMs
        : (rules.footageMsByCamera.get(cameraId) ?? rules.footageMs);
  return `age: past ${Math.round((ageMs / DAY_MS) * 1000) / 1000} days`;
}
