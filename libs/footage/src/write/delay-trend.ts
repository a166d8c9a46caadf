/**
 * Whether pictures come steadily later (or earlier) after the instants that their stamps say. Of each second only the
 * quickest arrival counts, as the network held that one up least. A line through them is a trend where they lie on it:
 * congestion, a burst after a connection and a busy machine make bends.
 */
export interface Trend {
  /** How much later pictures come for each ms that passes, in ms. */
  slope: number;
  /** By the line, at the last arrival. */
  delayMs: number;
}

interface Point {
  atMs: number;
  delayMs: number;
}

const POINT_MS = 1000;
/** What ffmpeg looked at before it handed anything on comes at once. */
const BURST_MS = 100;
const MOST_POINTS = 64;
/** The line may miss a point by this part of what it rises or falls in all. */
const BEND = 0.25;
/** So much must the delay have grown in so much time, the least time first: what jitter cannot make. */
const GROWN: readonly (readonly [overMs: number, byMs: number])[] = [
  [3000, 600],
  [4000, 500],
  [5000, 400],
  [6000, 300],
  [8000, 250],
];
/** Where every arrival counts, and its second is not waited for: what 300 ms of jitter cannot make of so few. */
const GROWN_SPARSE: typeof GROWN = [
  [2500, 600],
  [3500, 400],
];
/** Once the camera is known to be wrong, less is enough to know better by how much. */
const GROWN_MORE: typeof GROWN = [...GROWN_SPARSE, [6000, 250], [12_000, 150]];
/** A connection that catches up with what it missed looks like a camera that is quick, but not for so long. */
const SHORTEST_FALL_MS = 6000;

export class DelayTrend {
  private points: Point[] = [];
  private current: { sinceMs: number; least: Point } | undefined;

  /**
   * Takes an arrival, on a clock that nobody sets.
   * @param few of cameras of one or two pictures a second each arrival counts: `unknown` as long as their stamps may be
   * right, `wrong` once they are known not to be
   */
  add(atMs: number, delayMs: number, few?: 'unknown' | 'wrong'): Trend | undefined {
    const { current } = this;
    if (current && few === undefined && atMs - current.sinceMs < POINT_MS) {
      if (delayMs < current.least.delayMs) current.least = { atMs, delayMs };
      return undefined;
    }
    if (current && atMs - current.sinceMs < BURST_MS) {
      current.least = { atMs, delayMs: Math.min(delayMs, current.least.delayMs) };
      return undefined;
    }
    this.current = { sinceMs: atMs, least: { atMs, delayMs } };
    if (!current) return undefined;
    this.points.push(current.least);
    if (this.points.length > MOST_POINTS) this.points.shift();
    if (few === undefined) return longestSteady(this.points, atMs, GROWN);
    const grown = few === 'wrong' ? GROWN_MORE : GROWN_SPARSE;
    return longestSteady([...this.points, this.current.least], atMs, grown);
  }

  forget(): void {
    this.points = [];
    this.current = undefined;
  }
}

/** The most points that lie on one line, up to the last. */
function longestSteady(points: readonly Point[], nowMs: number, grown: typeof GROWN): Trend | undefined {
  for (let from = 0; from < points.length - 2; from++) {
    const trend = steady(points.slice(from), nowMs, grown);
    if (trend) return trend;
  }
  return undefined;
}

function steady(points: readonly Point[], nowMs: number, grown: typeof GROWN): Trend | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return undefined;
  const lengthMs = last.atMs - first.atMs;
  const wantedMs = grown.findLast(([overMs]) => lengthMs >= overMs)?.[1] ?? Infinity;
  if (Math.abs(last.delayMs - first.delayMs) < wantedMs / 2) return undefined; // nothing that a line would find
  const atMs = points.reduce((sum, point) => sum + point.atMs, 0) / points.length;
  const delayMs = points.reduce((sum, point) => sum + point.delayMs, 0) / points.length;
  const spread = points.reduce((sum, point) => sum + (point.atMs - atMs) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.atMs - atMs) * (point.delayMs - delayMs), 0) / spread;
  const grownMs = slope * lengthMs;
  if (Math.abs(grownMs) < wantedMs || (grownMs < 0 && lengthMs < SHORTEST_FALL_MS)) return undefined;
  const on = (instantMs: number): number => delayMs + slope * (instantMs - atMs);
  const isBent = points.some((point) => Math.abs(point.delayMs - on(point.atMs)) > Math.abs(grownMs) * BEND);
  return isBent ? undefined : { slope, delayMs: on(nowMs) };
}
