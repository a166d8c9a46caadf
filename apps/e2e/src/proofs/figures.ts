/** The few statistics that the proofs need. */

export const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** The smallest value that `share` of all values do not exceed. It is NaN where there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export interface Line {
  /** y for each x more */
  slope: number;
  /** of the slope: how far chance alone moves it */
  standardError: number;
}

/** Least squares. @throws with fewer than three points, through which any line would do */
export function fitLine(points: readonly { x: number; y: number }[]): Line {
  if (points.length < 3) throw new Error(`a line wants three points or more, got ${points.length}`);
  const xMean = mean(points.map(({ x }) => x));
  const yMean = mean(points.map(({ y }) => y));
  const spread = sum(points.map(({ x }) => (x - xMean) ** 2));
  const slope = sum(points.map(({ x, y }) => (x - xMean) * (y - yMean))) / spread;
  const residual = sum(points.map(({ x, y }) => (y - yMean - slope * (x - xMean)) ** 2));
  return { slope, standardError: Math.sqrt(residual / (points.length - 2) / spread) };
}
