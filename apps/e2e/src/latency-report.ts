// Prints latencies as tables, and aims with what came of them.

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

/** n, p50, p95 and the most, in ms. */
export function latencyTable(rows: readonly (readonly [what: string, ms: readonly number[]])[]): string[] {
  const figures = (ms: readonly number[]): number[] => [percentile(ms, 0.5), percentile(ms, 0.95), Math.max(...ms)];
  const row = (what: string, ms: readonly number[]): string =>
    `| ${[what, ms.length, ...figures(ms).map((value) => value.toFixed(0))].join(' | ')} |`;
  return [
    '| ms | n | p50 | p95 | most |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(([what, ms]) => row(what, ms)),
  ];
}

export interface Aim {
  what: string;
  /** The figure must be less than this. */
  below: number;
  came: number;
  unit: string;
}

export function aimTable(aims: readonly Aim[]): string[] {
  return [
    '| aim | wanted | came | |',
    '| --- | ---: | ---: | --- |',
    ...aims.map((aim) => {
      const came = aim.came.toFixed(aim.below < 100 ? 1 : 0);
      const outcome = isMet(aim) ? 'met' : 'MISSED';
      return `| ${aim.what} | under ${aim.below} ${aim.unit} | ${came} ${aim.unit} | ${outcome} |`;
    }),
  ];
}

export function isMet({ below, came }: Aim): boolean {
  return came < below;
}
