/**
 * What time it is, as the recorder has it. The clock of a phone may be wrong by minutes; what is live would then seem
 * old, or not to be there yet.
 */
class PageClock {
  private aheadMs = 0;

  readonly nowMs = (): number => performance.timeOrigin + performance.now() + this.aheadMs;

  /** The recorder has just said what time it is. */
  heard(serverMs: number): void {
    this.aheadMs = serverMs - performance.timeOrigin - performance.now();
  }
}

export const pageClock = new PageClock();
