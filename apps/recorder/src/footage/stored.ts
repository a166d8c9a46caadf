/** The answer of the disk says what became of a fragment. */
import type { GapReason } from '@vr/contracts';

export interface Refused {
  state: 'refused';
  reason: GapReason;
  error: Error;
}
/** `waiting`: the log waits for a key frame, or for instants that are not recorded yet. */
export type Stored = { state: 'written'; wallEndMs: number; mediaMs: number } | { state: 'waiting' } | Refused;
