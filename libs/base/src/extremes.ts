/**
 * `Math.max(...values)` and `Math.min(...values)` take each value as an argument of a call, and some 100,000 overflow
 * the stack. Without values the results are -Infinity and Infinity, as with Math.
 */
export function largestOf(values: Iterable<number>): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

export function smallestOf(values: Iterable<number>): number {
  let smallest = Infinity;
  for (const value of values) smallest = Math.min(smallest, value);
  return smallest;
}
