import { createHash } from 'node:crypto';
import { clipId as clipIdSchema, type ClipId } from '@vr/contracts';

const MARK = /_[0-9a-f]{6}$/;

/** The name of a clip whose own name another event has already taken. Of one that has it already it is the same. */
export function suffixedClipId(clipId: ClipId, identity: string): ClipId {
  return clipIdSchema.parse(`${clipId.replace(MARK, '')}_${hashOf(identity).slice(0, 6)}`);
}

/**
 * The id of the job that makes this event's clip: the same event, the same job. Hexadecimal, for BullMQ takes no `:`.
 */
export function jobIdOf(identity: string): string {
  return hashOf(identity).slice(0, 32);
}

function hashOf(identity: string): string {
  return createHash('sha256').update(identity).digest('hex');
}
