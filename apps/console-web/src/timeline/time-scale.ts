/**
 * Which instant lies where on the timeline. Scales are values: each movement gives a new one, so that a page can keep
 * the one of before.
 */
export interface TimeScale {
  startMs: number;
  endMs: number;
  widthPixels: number;
}

const LEAST_MS = 1000;
const MOST_MS = 7 * 24 * 3_600_000;

export function pixelOf(scale: TimeScale, atMs: number): number {
  return ((atMs - scale.startMs) / (scale.endMs - scale.startMs)) * scale.widthPixels;
}

export function instantAt(scale: TimeScale, pixel: number): number {
  return scale.startMs + (pixel / scale.widthPixels) * (scale.endMs - scale.startMs);
}

/** Drag: what lay under the finger stays under it. */
export function moved(scale: TimeScale, pixels: number): TimeScale {
  const byMs = instantAt(scale, 0) - instantAt(scale, pixels);
  return { ...scale, startMs: scale.startMs + byMs, endMs: scale.endMs + byMs };
}

/**
 * Wheel and pinch, from a second to a week. The instant at `pixel` stays where it is.
 * @param factor above 1 shows more detail
 */
export function zoomed(scale: TimeScale, pixel: number, factor: number): TimeScale {
  const lengthMs = Math.min(MOST_MS, Math.max(LEAST_MS, (scale.endMs - scale.startMs) / factor));
  const startMs = instantAt(scale, pixel) - (pixel / scale.widthPixels) * lengthMs;
  return { ...scale, startMs, endMs: startMs + lengthMs };
}

/** Two fingers: what lay under each stays under it, as far as the scale goes. */
export function pinched(scale: TimeScale, from: readonly [number, number], to: readonly [number, number]): TimeScale {
  const [fromSpread, toSpread] = [Math.abs(from[1] - from[0]), Math.abs(to[1] - to[0])];
  const fromMiddle = (from[0] + from[1]) / 2;
  const factor = fromSpread < 1 || toSpread < 1 ? 1 : toSpread / fromSpread;
  return moved(zoomed(scale, fromMiddle, factor), (to[0] + to[1]) / 2 - fromMiddle);
}
