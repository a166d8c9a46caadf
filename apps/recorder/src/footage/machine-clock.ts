/** Watches the machine's wall clock by the arrivals of fragments: whether it is set yet, and when somebody sets it. */
import type { Instant } from './fragment-queue';

/** No recording of ours can be older than this. A machine with an earlier clock does not know the time yet. */
const PLAUSIBLE_FROM_MS = Date.UTC(2024, 0, 1);
/** Somebody made a larger step. A smaller one is drift, or NTP at work. */
const STEP_MS = 2000;

export const isPlausible = (wallMs: number): boolean => wallMs >= PLAUSIBLE_FROM_MS;

/** Moves an instant from before the clock was set. An instant from an earlier life with a right clock stays. */
export function shifted(wallMs: number, stepMs: number): number {
  return isPlausible(wallMs) ? wallMs : wallMs + stepMs;
}

export interface ClockStep {
  /** `first_set`: the machine did not know the time before. `changed`: it knew a time, and now it has another one. */
  kind: 'first_set' | 'changed';
  /** Forward is positive. */
  stepMs: number;
}

export class MachineClock {
  private previous: Instant | undefined;

  /** Gives the step of the wall clock between the previous arrival and this one, if there was a step. */
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
