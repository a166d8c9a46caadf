const QUIET_MS = 60_000;

/** A turn to log. */
export interface LogTurn {
  /** How many lines of this kind were suppressed since its last one. */
  silent: number;
  /** How many lines of other kinds were suppressed, because too many came at once. */
  others: number;
}

/**
 * Lets through one line a minute for each kind of fault, however often it comes. Outsiders may choose the kinds.
 * `mostKinds` bounds what is remembered, and how many lines a minute there are.
 */
export class LogGate {
  private readonly logged = new Map<string, { atMs: number; silent: number }>();
  private others = 0;

  constructor(
    private readonly clock: { monotonicMs(): number },
    private readonly mostKinds = 1000,
  ) {}

  /** Takes the turn of this kind. Undefined where its last line is less than a minute old. */
  turn(kind = ''): LogTurn | undefined {
    const nowMs = this.clock.monotonicMs();
    const before = this.logged.get(kind);
    if (before && nowMs - before.atMs < QUIET_MS) {
      before.silent += 1;
      return undefined;
    }
    if (!before && this.logged.size >= this.mostKinds) this.forgetOld(nowMs);
    if (!before && this.logged.size >= this.mostKinds) {
      this.others += 1;
      return undefined;
    }
    this.logged.set(kind, { atMs: nowMs, silent: 0 });
    const turn = { silent: before?.silent ?? 0, others: this.others };
    this.others = 0;
    return turn;
  }

  /** Forgets a fault that is over: when it comes again, it is news. */
  forget(kind = ''): void {
    this.logged.delete(kind);
  }

  private forgetOld(nowMs: number): void {
    for (const [kind, { atMs }] of this.logged) if (nowMs - atMs >= QUIET_MS) this.logged.delete(kind);
  }
}
