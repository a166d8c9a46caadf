/** Two items may want one name. The second gets the name with a mark, which is the same every time. */
import { createHash } from 'node:crypto';
import { clipId, snapshotId, type ClipId, type SnapshotId } from '@vr/contracts';

const CLIP_MARK = /_[0-9a-f]{6}$/;

/** The name of a clip whose own name another event has taken. A name that has its mark stays the same. */
export function suffixedClipId(id: ClipId, identity: string): ClipId {
  return clipId.parse(`${id.replace(CLIP_MARK, '')}_${markOf(identity, 6)}`);
}

/** The name of a snapshot whose own name another snapshot has taken. */
export function suffixedSnapshotId(id: SnapshotId, identity: string): SnapshotId {
  return snapshotId.parse(`${id}_${markOf(identity, 10)}`);
}

/** So many hexadecimal characters. The same identity always gives the same ones. */
export function markOf(identity: string, characters: number): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, characters);
}
