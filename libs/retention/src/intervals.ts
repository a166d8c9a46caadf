/** The spans of time of one camera, joined and sorted. So "does any of them touch A to B" is a binary search. */
export interface Span {
  startMs: number;
  endMs: number;
}

export class Intervals {
  private readonly spans: Span[] = [];

  constructor(spans: Iterable<Span>) {
    for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
      const last = this.spans.at(-1);
      if (last && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
      else this.spans.push({ startMs, endMs });
    }
  }

  /** The joined spans, by their starts. */
  get all(): readonly Readonly<Span>[] {
    return this.spans;
  }

  /** Whether any span covers a part of [startMs, endMs). A span touches an instant (start = end) that it holds. */
  touches(startMs: number, endMs: number): boolean {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.spans[middle]?.endMs ?? Infinity) <= startMs) low = middle + 1;
      else high = middle;
    }
    const found = this.spans[low];
    return found !== undefined && (found.startMs < endMs || found.startMs === startMs);
  }
}
