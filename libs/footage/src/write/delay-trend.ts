/**
 * Finds whether pictures come steadily later, or earlier, than their stamps say. Of each second only the quickest
 * arrival counts, because the network held that one up least. A line through these arrivals is a trend if they lie on
 * it. Congestion, the burst after a connection and a busy machine make bends instead.
 */
import { largestOf, smallestOf } from '@vr/base';

export interface Trend {
  /** How many ms later pictures come for each ms that passes. */
  slope: number;
  /** The delay that the line gives at the last arrival. */
  delayMs: number;
}

interface Point {
  atMs: number;
  delayMs: number;
}

const POINT_MS = 1000;
/** What ffmpeg examined before it handed anything on comes at once. */
const BURST_MS = 100;
const MOST_POINTS = 64;
/** The line may miss a point by this part of its whole rise or fall. */
const BEND = 0.25;
/**
 * Jitter makes a smaller rise or fall within hours. While the camera may be right, such a line needs more points, and
 * may miss them by less.
 */
const JITTER_MS = 300;
const POINTS_IN_JITTER = 9;
const BEND_IN_JITTER = 0.08;
/** The delay must have grown by so much in so much time, which jitter cannot do. The shortest time comes first. */
const GROWN: readonly (readonly [overMs: number, byMs: number])[] = [
  [3000, 600],
  [4000, 500],
  [5000, 400],
  [6000, 300],
  [8000, 250],
];
/** For cameras whose every arrival counts at once: what 300 ms of jitter cannot do with so few arrivals. */
const GROWN_SPARSE: typeof GROWN = [
  [2500, 600],
  [3500, 400],
];
/** Once the camera is known to be wrong, a smaller change is enough to correct by how much. */
const GROWN_MORE: typeof GROWN = [...GROWN_SPARSE, [6000, 250], [12_000, 150]];
/**
 * Where nothing was heard for longer than this, and for this part of the row, the line hangs on one point beyond the
 * silence. Jitter alone then makes a trend. Cameras of one or two pictures a second are silent between pictures.
 */
const LONGEST_SILENCE_MS = 3000;
const SILENT_PART = 0.4;
/** A connection that catches up looks like a fast camera, but not for so long. */
const SHORTEST_FALL_MS = 6000;

export class DelayTrend {
  private points: Point[] = [];
  private current: { sinceMs: number; least: Point } | undefined;

  /**
   * Takes an arrival, on a clock that nobody sets.
   * @param isFew true for cameras of one or two pictures a second, whose every arrival counts
   * @param isWrong true once the camera's stamps are known to be wrong, and only by how much is the question
   */
  add(atMs: number, delayMs: number, { isFew = false, isWrong = false } = {}): Trend | undefined {
    const { current } = this;
    if (current && !isFew && atMs - current.sinceMs < POINT_MS) {
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
    if (!isFew) return longestSteady(afterSilence(this.points), atMs, GROWN, !isWrong);
    return longestSteady([...this.points, this.current.least], atMs, isWrong ? GROWN_MORE : GROWN_SPARSE, false);
  }

  forget(): void {
    this.points = [];
    this.current = undefined;
  }
}

/** The last points, as far back as no silence takes too much of their row. */
function afterSilence(points: readonly Point[]): readonly Point[] {
  const lastMs = points.at(-1)?.atMs ?? 0;
  const from = points.findLastIndex((point, i) => {
    const silentMs = (points[i + 1]?.atMs ?? lastMs) - point.atMs;
    return silentMs > LONGEST_SILENCE_MS && silentMs > (lastMs - point.atMs) * SILENT_PART;
  });
  return points.slice(from + 1);
}

/** The trend of the longest row of points that ends with the last one and lies on one line. */
function longestSteady(
  points: readonly Point[],
  nowMs: number,
  grown: typeof GROWN,
  doubtsJitter: boolean,
): Trend | undefined {
  for (let from = 0; from < points.length - 2; from++) {
    const trend = steady(points.slice(from), nowMs, grown, doubtsJitter);
    if (trend) return trend;
  }
  return undefined;
}

function steady(
  points: readonly Point[],
  nowMs: number,
  grown: typeof GROWN,
  doubtsJitter: boolean,
): Trend | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return undefined;
  const lengthMs = last.atMs - first.atMs;
  const wantedMs = grown.findLast(([overMs]) => lengthMs >= overMs)?.[1] ?? Infinity;
  if (Math.abs(last.delayMs - first.delayMs) < wantedMs / 2) return undefined; // a line would find nothing
  const atMs = points.reduce((sum, point) => sum + point.atMs, 0) / points.length;
  const delayMs = points.reduce((sum, point) => sum + point.delayMs, 0) / points.length;
  const spread = points.reduce((sum, point) => sum + (point.atMs - atMs) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.atMs - atMs) * (point.delayMs - delayMs), 0) / spread;
  const grownMs = slope * lengthMs;
  if (Math.abs(grownMs) < wantedMs || (grownMs < 0 && lengthMs < SHORTEST_FALL_MS)) return undefined;
  const on = (instantMs: number): number => delayMs + slope * (instantMs - atMs);
  const delays = points.map((point) => point.delayMs);
  const isJitters = doubtsJitter && largestOf(delays) - smallestOf(delays) < JITTER_MS;
  if (isJitters && points.length < POINTS_IN_JITTER) return undefined;
  const missMs = Math.abs(grownMs) * (isJitters ? BEND_IN_JITTER : BEND);
  const isBent = points.some((point) => Math.abs(point.delayMs - on(point.atMs)) > missMs);
  return isBent ? undefined : { slope, delayMs: on(nowMs) };
}
