/**
 * When connections are read. A camera sends some 400 packets a second, and to be woken for each costs more than what is
 * then done with it. So all connections are read together, every 200 ms or so, and stand still in between: the kernel
 * keeps what comes. Three times a connection is read as data comes:
 * - in its first 20 s, when the footage's start is still being looked for by the quickest arrival;
 * - for a moment twice a minute, so that the clock still learns of quick arrivals (RunClock looks back a minute);
 * - while each read brings as much as one ever brought, because then the camera may be waiting for room.
 */
export interface TurnTaker {
  /** When it began, by `monotonicMs`. */
  readonly sinceMs: number;
  /** The most that one read has brought. */
  mostBytes: number;
  /** It stopped; now it is its turn to read again. */
  resume(): void;
}

const TURN_MS = 200;
/** Turns of one length would meet the pictures of a camera always at the same lateness. */
const SPREAD = 0.3;
const EAGER_AT_FIRST_MS = 20_000;
const MOMENT_EVERY_MS = 30_000;
/** Two fragments end in it. */
const MOMENT_MS = 1200;
/** Linux begins with a receive window of 64 KB, and makes it larger as more is read at once. */
const LEAST_WINDOW_BYTES = 64 * 1024;

export class ReadingTurns {
  private readonly standing = new Set<TurnTaker>();
  private timer: NodeJS.Timeout | undefined;
  private readonly eagerAtFirstMs: number;

  constructor(
    private readonly clock: { monotonicMs(): number },
    { eagerAtFirstMs = EAGER_AT_FIRST_MS }: { eagerAtFirstMs?: number } = {},
  ) {
    this.eagerAtFirstMs = eagerAtFirstMs;
  }

  get nowMs(): number {
    return this.clock.monotonicMs();
  }

  /** After a read of so many bytes: whether it reads on. If not, it stands still until `resume` is called. */
  readsOn(taker: TurnTaker, sizeBytes: number): boolean {
    const isMost = sizeBytes >= taker.mostBytes;
    if (isMost) taker.mostBytes = sizeBytes;
    if (isMost && sizeBytes >= LEAST_WINDOW_BYTES) return true;
    const lazyMs = this.nowMs - taker.sinceMs - this.eagerAtFirstMs;
    if (lazyMs < 0 || lazyMs % MOMENT_EVERY_MS >= MOMENT_EVERY_MS - MOMENT_MS) return true;
    this.standing.add(taker);
    this.timer ??= setTimeout(() => this.turn(), TURN_MS * (1 + SPREAD * (2 * Math.random() - 1)));
    return false;
  }

  /** It is closed. */
  leave(taker: TurnTaker): void {
    this.standing.delete(taker);
  }

  private turn(): void {
    this.timer = undefined;
    const takers = [...this.standing];
    this.standing.clear();
    for (const taker of takers) taker.resume();
  }
}
