/** The machine's wall clock as arrivals show it: whether it is set yet, and when somebody sets it. */
import type { Instant } from './fragment-queue';

/** No recording of ours can have been made before this. A machine whose clock says so does not know the time yet. */
const PLAUSIBLE_FROM_MS = Date.UTC(2024, 0, 1);
/** A larger step was made by somebody. A smaller one is drift, or NTP at work. */
const STEP_MS = 2000;

export const isPlausible = (wallMs: number): boolean => wallMs >= PLAUSIBLE_FROM_MS;

/** Moves an instant from before the clock was set. One from an earlier life, when the clock was right, stays. */
export function shifted(wallMs: number, stepMs: number): number {
  return isPlausible(wallMs) ? wallMs : wallMs + stepMs;
}

export interface ClockStep {
  /** `first_set`: the machine did not know the time before. `changed`: it did, and now it has another one. */
  kind: 'first_set' | 'changed';
  /** Forward is positive. */
  stepMs: number;
}

export class MachineClock {
  private previous: Instant | undefined;

  /** The step that the wall clock made between the arrival before and this one, if it made one. */
  stepBefore(arrival: Instant): ClockStep | undefined {
    const { previous } = this;
    this.previous = arrival;
    if (!previous) return undefined;
    const wallPassedMs = arrival.wallMs - previous.wallMs;
    const stepMs = Math.round(wallPassedMs - (arrival.monotonicMs - previous.monotonicMs));
    if (Math.abs(stepMs) <= STEP_MS) return undefined;
    const isFirst = !isPlausible(previous.wallMs) && isPlausible(arrival.wallMs);
    return { kind: isFirst ? 'first_set' : 'changed', stepMs };
  }
}
