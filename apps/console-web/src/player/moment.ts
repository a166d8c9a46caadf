/**
 * The axis: which instant a page shows, whether it runs and how fast. One for a page; pictures and timeline follow it.
 * Live is the same axis at its end.
 */
export interface Moment {
  mode: 'live' | 'past';
  /** Milliseconds since the epoch; of live, now. */
  atMs: number;
  /** Below zero: backwards, which shows key frames only. */
  rate: number;
  playing: boolean;
}

const SLOWEST = 0.25;
const FASTEST = 300;

export class MomentAxis {
  private mode: 'live' | 'past' = 'live';
  private anchorAtMs = 0;
  private anchorNowMs: number;
  private rate = 1;
  private playing = true;
  private held = false;
  private readonly listeners = new Set<() => void>();

  /** @param nowMs the wall clock as the recorder has it; a page corrects its own by the server's */
  constructor(private readonly nowMs: () => number) {
    this.anchorNowMs = nowMs();
  }

  get moment(): Moment {
    return { mode: this.mode, atMs: this.atMs, rate: this.rate, playing: this.playing };
  }

  /** Nothing is shown of the time to come: who plays up to now is live. */
  jump(atMs: number): void {
    if (atMs >= this.nowMs()) return this.goLive();
    this.change({ mode: 'past', atMs });
  }

  goLive(): void {
    this.change({ mode: 'live', rate: 1, playing: true });
  }

  /** Pausing live holds the picture: from then on it is the past. */
  pause(): void {
    this.change({ mode: 'past', playing: false });
  }

  play(): void {
    this.change({ playing: true });
  }

  /** Live runs as fast as the world does: any other rate plays the past. */
  setRate(rate: number): void {
    if (!Number.isFinite(rate) || rate === 0) throw new RangeError(`a rate other than 0 was wanted, got ${rate}`);
    const fast = Math.min(FASTEST, Math.max(SLOWEST, Math.abs(rate)));
    const mode = this.mode === 'live' && rate >= 1 ? 'live' : 'past';
    this.change({ mode, rate: mode === 'live' ? 1 : Math.sign(rate) * fast });
  }

  /** While a picture is fetched the axis waits for it, so that nothing is passed over. To people it still plays. */
  hold(isHeld: boolean): void {
    if (isHeld === this.held) return;
    this.anchorAtMs = this.atMs;
    this.anchorNowMs = this.nowMs();
    this.held = isHeld;
  }

  /** Calls back on every jump, pause and change of rate, not while the axis merely runs. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private get atMs(): number {
    const nowMs = this.nowMs();
    if (this.mode === 'live') return nowMs;
    const ranMs = this.playing && !this.held ? (nowMs - this.anchorNowMs) * this.rate : 0;
    return Math.min(nowMs, this.anchorAtMs + ranMs);
  }

  private change({ atMs = this.atMs, ...to }: Partial<Moment>): void {
    this.anchorAtMs = atMs;
    this.anchorNowMs = this.nowMs();
    this.mode = to.mode ?? this.mode;
    this.rate = to.rate ?? this.rate;
    this.playing = to.playing ?? this.playing;
    for (const listener of this.listeners) listener();
  }
}
