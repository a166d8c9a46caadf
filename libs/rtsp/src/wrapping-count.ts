/** A number on the wire that wraps (RTP's stamp at 2^32, its sequence at 2^16), counted on without end. */
export class WrappingCount {
  private last: number | undefined;

  private readonly size: number;

  constructor(bits: 16 | 32) {
    this.size = 2 ** bits;
  }

  /** It is known without looking that the count stands here. */
  goOnFrom(count: number): void {
    this.last = count;
  }

  /** The count nearest to the one before. The first is the number itself; smaller ones later may be negative. */
  next(value: number): number {
    if (this.last === undefined) return (this.last = value);
    const { size } = this;
    let step = (value - this.last) % size;
    if (step >= size / 2) step -= size;
    else if (step < -size / 2) step += size;
    this.last += step;
    return this.last;
  }
}
