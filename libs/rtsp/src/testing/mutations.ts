/** Bytes of real sessions, changed at random, as a broken or hostile camera may send. The same seed, the same bytes. */
const EXTREMES = [0, 1, 0x24, 0x7f, 0x80, 0xff];
const MOST_CHANGES = 6;

export class Mutations {
  constructor(
    private readonly corpus: readonly Buffer[],
    private readonly random: () => number,
  ) {}

  next(): Buffer {
    let bytes: Buffer = Buffer.from(this.pick(this.corpus));
    for (let changes = 1 + this.below(MOST_CHANGES); changes > 0; changes--) bytes = this.changed(bytes);
    return bytes;
  }

  /** A whole number from 0 on, below `most`. */
  below(most: number): number {
    return Math.floor(this.random() * most);
  }

  private pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new RangeError('wanted something to pick from');
    return found;
  }

  private changed(bytes: Buffer): Buffer {
    const at = this.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + this.below(this.pick([4, 64, 1500])));
    const other = this.pick(this.corpus);
    const otherAt = this.below(other.length);
    const changes: (() => Buffer)[] = [
      () => this.overwritten(bytes, at, (byte) => byte ^ (1 << this.below(8))),
      () => this.overwritten(bytes, at, () => this.pick(EXTREMES)),
      () =>
        this.overwritten(
          this.overwritten(bytes, at, () => this.pick(EXTREMES)),
          at + 1,
          () => this.below(256),
        ),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]),
      () => Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]),
      () => Buffer.concat([bytes.subarray(0, at), other.subarray(otherAt, otherAt + to - at), bytes.subarray(at)]),
      () => bytes.subarray(0, at),
      () => Buffer.concat([bytes.subarray(0, at), this.number(), bytes.subarray(at)]),
    ];
    return this.pick(changes)();
  }

  /** In text: lengths, ports and statuses that nobody expects. */
  private number(): Buffer {
    return Buffer.from(this.pick(['-1', '0', '65536', '4294967296', '99999999999999999999', '1e9', '\r\n\r\n', '\0']));
  }

  private overwritten(bytes: Buffer, at: number, to: (byte: number) => number): Buffer {
    if (at < bytes.length) bytes.writeUInt8(to(bytes[at] ?? 0), at);
    return bytes;
  }
}
