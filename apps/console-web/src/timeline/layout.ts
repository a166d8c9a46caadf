/** What stands where on the timeline, in CSS pixels from its upper left corner. No canvas, no React. */
import type { Timeline } from '../api/footage';
import { pixelOf, type TimeScale } from './time-scale';

export const RULER_PIXELS = 28;
export const LANE_PIXELS = 44;
/** Narrower ones could not be seen. */
const LEAST_PIXELS = 2;

export interface Lane {
  name: string;
  timeline: Pick<Timeline, 'spans' | 'gaps' | 'events' | 'protections'> | undefined;
}

export interface Stripe {
  x: number;
  width: number;
}

export interface LaidLane {
  top: number;
  name: string;
  footage: Stripe[];
  gaps: Stripe[];
  protections: Stripe[];
  events: { x: number; type: string }[];
}

export function heightOf(laneCount: number): number {
  return RULER_PIXELS + laneCount * LANE_PIXELS;
}

export function laidOut(lanes: readonly Lane[], scale: TimeScale): LaidLane[] {
  return lanes.map(({ name, timeline }, index) => {
    const stripes = (spans: readonly { start: number; end: number }[] = []): Stripe[] =>
      spans.flatMap((span) => stripeOf(span, scale) ?? []);
    return {
      top: RULER_PIXELS + index * LANE_PIXELS,
      name,
      footage: stripes(timeline?.spans),
      gaps: stripes(timeline?.gaps),
      protections: stripes(timeline?.protections),
      events: (timeline?.events ?? [])
        .map(({ timestamp, event_type: type }) => ({ x: pixelOf(scale, timestamp * 1000), type }))
        .filter(({ x }) => x >= 0 && x <= scale.widthPixels),
    };
  });
}

/** The part that is in sight. Undefined where there is none. */
function stripeOf({ start, end }: { start: number; end: number }, scale: TimeScale): Stripe | undefined {
  const [left, right] = [pixelOf(scale, start * 1000), pixelOf(scale, end * 1000)];
  if (right < 0 || left > scale.widthPixels) return undefined;
  const x = Math.max(0, left);
  return { x, width: Math.max(LEAST_PIXELS, Math.min(scale.widthPixels, right) - x) };
}

/** Under the pointer: which lane, and which gap of it. */
export function gapAt(lanes: readonly Lane[], atMs: number, y: number): Timeline['gaps'][number] | undefined {
  const lane = lanes[Math.floor((y - RULER_PIXELS) / LANE_PIXELS)];
  return lane?.timeline?.gaps.find(({ start, end }) => start * 1000 <= atMs && atMs < end * 1000);
}
