/** Footage gives room: the oldest without events goes first, then the oldest. */
import { cameraOfTrack } from '@vr/contracts';
import { byStart, footageBytes, type FootageDay } from '../footage-days';
import { sum } from '../sum';
import type { Draft } from './draft';

/** A camera's quota is for both of its streams. Its open segment counts towards its quota, though it stays. */
export function takeByQuota<P>(draft: Draft<P>): void {
  for (const [cameraId, maxBytes] of draft.input.rules.maxBytesByCamera) {
    const days = draft.input.footage.filter((day) => cameraOfTrack(day.cameraId) === cameraId);
    const usedBytes = sum(days.map(footageBytes)) - draft.footageBytesGone(cameraId);
    takeFootage(draft, days, usedBytes - maxBytes, 'quota');
  }
}

/** @returns how many bytes are still too much */
export function takeFootage<P>(
  draft: Draft<P>,
  days: readonly FootageDay[],
  excessBytes: number,
  reason: 'quota' | 'space',
): number {
  let excess = excessBytes;
  for (const withEvents of [false, true]) {
    if (excess <= 0) break;
    for (const segment of byStart(days)) {
      if (excess <= 0 || draft.isFull) break;
      const { cameraId, startMs, endMs, sizeBytes } = segment;
      if (draft.isGone(segment) || draft.holds.hasEvent(cameraId, startMs, endMs) !== withEvents) continue;
      if (draft.isHeld(segment)) continue;
      draft.takeSegment(segment, reason);
      excess -= sizeBytes;
    }
  }
  return excess;
}
