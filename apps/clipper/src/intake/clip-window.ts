import { checkAhead, ContractError, invalidField, type ClipRequest, type DetectorEvent } from '@vr/contracts';

/** The bounds of a clip of one camera at one moment. */
export interface WindowRules {
  nowMs: number;
  preMs: number;
  postMs: number;
  /** CLIP_MAX_SECONDS. */
  maxMs: number;
  /** How long the camera's footage is kept. */
  retentionMs: number;
}

/** The footage that a clip wants, `[startMs, endMs)`, around its moment. Whole ms since the epoch, UTC. */
export interface ClipWindow {
  timestampMs: number;
  startMs: number;
  endMs: number;
  /** The event lay so far ahead of now; its window was moved back by as much. */
  clampedByMs: number;
}

/** An event, its window's wishes and its instants. */
export type TimedEvent = Pick<DetectorEvent, 'endMs' | 'preMs' | 'postMs'> & { timestampMs: number };

/**
 * The window of a detector's event: from pre before it to post after its end. Throws `invalid_payload`, `too_long` or
 * `footage_expired`. An event up to an hour ahead comes from a wrong clock: it is taken for one that happens now.
 */
export function eventWindow(event: TimedEvent, rules: WindowRules): ClipWindow {
  const lengthMs = (event.endMs ?? event.timestampMs) - event.timestampMs;
  if (lengthMs < 0) throw invalidField('end_timestamp', 'wanted an instant at or after timestamp');
  const clampedByMs = Math.max(0, event.timestampMs - rules.nowMs);
  checkAhead('timestamp', clampedByMs);
  const timestampMs = event.timestampMs - clampedByMs;
  // An event wants a clip: zeros that leave none are the unset numbers of its program (Go).
  const isUnset = lengthMs === 0 && event.preMs === 0 && event.postMs === 0;
  const { preMs = rules.preMs, postMs = rules.postMs } = isUnset ? {} : event;
  const startMs = timestampMs - Math.round(preMs);
  const endMs = timestampMs + lengthMs + Math.round(postMs);
  if (endMs <= startMs) throw invalidField('pre_seconds', 'wanted a clip longer than 0 s, with post_seconds');
  checkBounds(startMs, endMs, rules);
  return { timestampMs, startMs, endMs, clampedByMs };
}

/** The window of a clip asked for by hand. It may lie ahead by up to an hour: then it is cut when it is over. */
export function requestWindow(request: ClipRequest, rules: WindowRules): ClipWindow {
  checkAhead('end', request.endMs - rules.nowMs);
  checkBounds(request.startMs, request.endMs, rules);
  return { timestampMs: request.startMs, startMs: request.startMs, endMs: request.endMs, clampedByMs: 0 };
}

function checkBounds(startMs: number, endMs: number, { nowMs, maxMs, retentionMs }: WindowRules): void {
  if (endMs - startMs > maxMs) {
    throw new ContractError(
      'too_long',
      `wanted a clip of at most ${maxMs / 1000} s (CLIP_MAX_SECONDS), got ${(endMs - startMs) / 1000} s`,
    );
  }
  if (endMs <= nowMs - retentionMs) {
    throw new ContractError(
      'footage_expired',
      `footage is kept for ${retentionMs / 86_400_000} days; the clip ends before that`,
    );
  }
}
