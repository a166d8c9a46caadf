/** What the disk answers: what became of a fragment. */
import type { GapReason } from '@vr/contracts';

export interface Refused {
  state: 'refused';
  reason: GapReason;
  error: Error;
}
/** `waiting`: for a key frame, or for instants that do not stand already. */
export type Stored = { state: 'written'; wallEndMs: number; mediaMs: number } | { state: 'waiting' } | Refused;
