/**
 * Packets of one source (RFC 3550, appendix A.1) in the order of their sequence numbers. Over TCP they come in order,
 * and nothing is held back. Over UDP a packet that comes early waits for those before it, for a while; what did not
 * come until then is lost, and counted.
 */
import { WrappingCount } from './wrapping-count';

export interface OrderedSink {
  /** `lost`: how many packets are missing right before this one. Valid during the call only. */
  packet(bytes: Buffer, from: number, to: number, arrivalMs: number, lost: number): void;
}

export interface LossCounts {
  received: number;
  lost: number;
  /** Came twice, or after it had been given up. */
  late: number;
}

interface Waiting {
  sequence: number;
  bytes: Buffer;
  arrivalMs: number;
}

/** A jump larger than this is no loss: the camera has begun to count anew. */
const MOST_JUMP = 3000;
/** So many late packets in a row: the camera counts from somewhere else, a little behind. */
const MOST_LATE_IN_A_ROW = 50;

export class ArrivalOrder {
  readonly counts: LossCounts = { received: 0, lost: 0, late: 0 };
  private count = new WrappingCount(16);
  private next: number | undefined;
  private lateInARow = 0;
  private readonly waiting: Waiting[] = [];

  /** `window`: so many packets wait at most, for `windowMs` at most. 0: none, they come in order. */
  constructor(
    private readonly sink: OrderedSink,
    private readonly window: { packets: number; ms: number },
  ) {}

  /** The highest sequence number so far, with its wraps: what a receiver report says. */
  get highest(): number {
    return (this.next ?? 1) - 1;
  }

  push(sequence: number, bytes: Buffer, from: number, to: number, arrivalMs: number): void {
    this.counts.received += 1;
    // Nearly every packet is the next one.
    if (this.next !== undefined && sequence === (this.next & 0xffff) && this.waiting.length === 0) {
      this.count.goOnFrom(this.next);
      this.lateInARow = 0;
      this.next += 1;
      this.sink.packet(bytes, from, to, arrivalMs, 0);
      return;
    }
    const at = this.count.next(sequence);
    this.next ??= at;
    if (at < this.next && this.isLate(at)) return;
    if (at - this.next > MOST_JUMP) this.beginAnew(at);
    this.lateInARow = 0;
    if (at === this.next) this.hand(at, bytes, from, to, arrivalMs);
    else if (this.window.packets === 0) this.hand(at, bytes, from, to, arrivalMs);
    else this.wait({ sequence: at, bytes: Buffer.from(bytes.subarray(from, to)), arrivalMs });
    this.release(arrivalMs);
  }

  /** Hands on what waited too long. Called also when no packet comes. */
  release(nowMs: number): void {
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const isDue = this.waiting.length > this.window.packets || nowMs - first.arrivalMs >= this.window.ms;
      if (first.sequence !== this.next && !isDue) return;
      this.waiting.shift();
      this.hand(first.sequence, first.bytes, 0, first.bytes.length, first.arrivalMs);
    }
  }

  private hand(at: number, bytes: Buffer, from: number, to: number, arrivalMs: number): void {
    const lost = at - (this.next ?? at);
    this.counts.lost += lost;
    this.next = at + 1;
    this.sink.packet(bytes, from, to, arrivalMs, lost);
  }

  /** True: it is passed over. */
  private isLate(at: number): boolean {
    this.counts.late += 1;
    this.lateInARow += 1;
    if (this.lateInARow < MOST_LATE_IN_A_ROW && (this.next ?? at) - at <= MOST_JUMP) return true;
    this.beginAnew(at);
    return false;
  }

  private beginAnew(at: number): void {
    for (const { sequence, bytes, arrivalMs } of this.waiting.splice(0)) {
      this.next = sequence;
      this.hand(sequence, bytes, 0, bytes.length, arrivalMs);
    }
    this.next = at;
  }

  private wait(packet: Waiting): void {
    let place = this.waiting.length;
    while (place > 0 && (this.waiting[place - 1]?.sequence ?? 0) > packet.sequence) place -= 1;
    if (this.waiting[place - 1]?.sequence === packet.sequence) this.counts.late += 1;
    else this.waiting.splice(place, 0, packet);
  }
}
