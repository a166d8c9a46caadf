import { createHash } from 'node:crypto';
import { snapshotId, type SnapshotId } from '@vr/contracts';

const DIGEST_CHARACTERS = 10;

/** For whoever wants a snapshot of an instant whose name is taken. */
export function suffixedSnapshotId(id: SnapshotId, identity: string): SnapshotId {
  return snapshotId.parse(`${id}_${createHash('sha256').update(identity).digest('hex').slice(0, DIGEST_CHARACTERS)}`);
}
