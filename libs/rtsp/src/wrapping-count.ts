/** A number on the wire that wraps (RTP's stamp at 2^32, its sequence at 2^16), counted on without end. */
export class WrappingCount {
  private last: number | undefined;

  constructor(private readonly bits: 16 | 32) {}

  /** The count nearest to the one before. The first is the number itself; smaller ones later may be negative. */
  next(value: number): number {
    if (this.last === undefined) return (this.last = value);
    const size = 2 ** this.bits;
    let step = (value - this.last) % size;
    if (step >= size / 2) step -= size;
    else if (step < -size / 2) step += size;
    this.last += step;
    return this.last;
  }
}
