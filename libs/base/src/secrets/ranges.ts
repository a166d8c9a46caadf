/** Parts of a text, in the text's order. They do not touch. */
export class Ranges {
  /** The first unit of each part, and the first unit behind it. */
  private ends = new Int32Array(32);
  private length = 0;

  get count(): number {
    return this.length / 2;
  }

  /** The first unit of a part. */
  from(part: number): number {
    return this.ends[part * 2] ?? 0;
  }

  /** The first unit behind a part. */
  to(part: number): number {
    return this.ends[part * 2 + 1] ?? 0;
  }

  /**
   * Takes parts in the order of their beginnings. A part that touches or overlaps the one before becomes one with it.
   */
  add(from: number, to: number): void {
    const last = this.length - 1;
    const end = this.length === 0 ? -1 : (this.ends[last] ?? 0);
    if (end < from) this.push(from, to);
    else if (end < to) this.ends[last] = to;
  }

  /** The parts of both. */
  static union(a: Ranges, b: Ranges): Ranges {
    if (a.count === 0) return b;
    if (b.count === 0) return a;
    const union = new Ranges();
    for (let [i, j] = [0, 0]; i < a.count || j < b.count;) {
      if (j === b.count || (i < a.count && a.from(i) <= b.from(j))) union.add(a.from(i), a.to(i++));
      else union.add(b.from(j), b.to(j++));
    }
    return union;
  }

  private push(from: number, to: number): void {
    if (this.length === this.ends.length) {
      const grown = new Int32Array(this.ends.length * 2);
      grown.set(this.ends);
      this.ends = grown;
    }
    this.ends[this.length] = from;
    this.ends[this.length + 1] = to;
    this.length += 2;
  }
}
