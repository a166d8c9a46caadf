/**
 * Keeps the pictures of a page at the moment of its axis. It knows no React. Time is skipped only where no camera has a
 * picture; the axis waits for pictures that are being fetched.
 */
import { CameraPicture, type GapReason, type PictureOptions, type PictureSource } from './camera-picture';
import type { Moment, MomentAxis } from './moment';
import { landingFrom, lastIndexAtOrBefore, type Span } from './recorded-runs';

const TICK_MS = 100;
/** Shorter ones are nothing that a person would hear of. */
const SAID_FROM_MS = 1000;
/** Footage is never older: zero of the elements' media time. */
const OLDEST_MS = 400 * 86_400_000;
const LOOK_AGAIN_MS = 2000;
const DAY_MS = 86_400_000;
const FRAMES_PER_SECOND = 25;

export interface Skipped extends Span {
  reason?: GapReason;
}

export class PlayerEngine {
  /** Called when play has passed over time without footage. */
  onSkip: (skipped: Skipped) => void = () => undefined;
  private readonly pictures = new Set<CameraPicture>();
  private readonly zeroMs: number;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly unsubscribe: () => void;
  private looking: AbortController | undefined;
  private lookedAtMs = -Infinity;

  constructor(
    readonly axis: MomentAxis,
    private readonly source: PictureSource,
    private readonly nowMs: () => number,
  ) {
    this.zeroMs = Math.floor((nowMs() - OLDEST_MS) / 1000) * 1000;
    this.timer = setInterval(this.tick, TICK_MS);
    this.unsubscribe = axis.subscribe(() => {
      for (const picture of this.pictures) picture.jumped();
      this.tick();
    });
  }

  /** @returns what takes it away again */
  add(o: Omit<PictureOptions, 'zeroMs' | 'nowMs' | 'onNews'>): () => void {
    const picture = new CameraPicture({ ...o, zeroMs: this.zeroMs, nowMs: this.nowMs, onNews: this.tick }, this.source);
    this.pictures.add(picture);
    this.tick();
    return () => {
      this.pictures.delete(picture);
      picture.close();
    };
  }

  /** Pauses, and goes one picture of the first camera on or back. */
  step(direction: 1 | -1, framesPerSecond = FRAMES_PER_SECOND): void {
    this.axis.pause();
    const [first] = this.pictures;
    const frameMs = 1000 / framesPerSecond;
    const shownMs = first?.shownMs ?? this.axis.moment.atMs;
    // The middle of the other picture: rounding must not lead to the one that is shown.
    this.axis.jump(shownMs + (direction > 0 ? 1.5 : -0.5) * frameMs);
  }

  close(): void {
    clearInterval(this.timer);
    this.unsubscribe();
    this.looking?.abort();
    for (const picture of this.pictures) picture.close();
    this.pictures.clear();
  }

  private readonly tick = (): void => {
    const pictures = [...this.pictures];
    const moment = this.axis.moment;
    if (moment.mode === 'live') {
      for (const picture of pictures) picture.followLive();
      return this.axis.hold(false);
    }
    for (const picture of pictures) picture.ask(moment);
    if (pictures.length === 0) return this.axis.hold(false);
    if (moment.playing && this.skip(pictures, moment)) return; // the jump has ticked anew
    // `every` would stop at the first that waits; each of them has to be brought on.
    const areThere = pictures.map((picture) => picture.follow(moment));
    this.axis.hold(areThere.includes(false));
  };

  /** Over what nobody has. */
  private skip(pictures: readonly CameraPicture[], { atMs, rate }: Moment): boolean {
    if (!pictures.every((picture) => picture.knows(atMs))) return false;
    if (rate < 0) return this.skipBack(pictures, atMs);
    const landing = landingFrom(
      pictures.map(({ runs }) => runs),
      atMs,
    );
    if (landing === undefined) return this.lookAhead(pictures, atMs);
    if (landing.atMs === atMs) return false;
    this.land(pictures, { startMs: atMs, endMs: landing.atMs });
    return true;
  }

  private skipBack(pictures: readonly CameraPicture[], atMs: number): boolean {
    let endMs = -Infinity;
    for (const { runs } of pictures) {
      const run = runs[lastIndexAtOrBefore(runs, atMs, (each) => each.startMs)];
      if (run !== undefined) endMs = Math.max(endMs, Math.min(atMs, run.endMs));
    }
    if (endMs === atMs || endMs === -Infinity) return false;
    this.axis.jump(endMs - 1);
    return true;
  }

  private land(pictures: readonly CameraPicture[], skipped: Span): void {
    const reason = pictures.map((picture) => picture.reasonOf(skipped)).find((known) => known !== undefined);
    this.axis.jump(skipped.endMs);
    if (skipped.endMs - skipped.startMs >= SAID_FROM_MS) this.onSkip({ ...skipped, reason });
  }

  /** The runs at hand end here: the next footage is days away, or there is none and play comes to live. */
  private lookAhead(pictures: readonly CameraPicture[], atMs: number): boolean {
    if (this.looking !== undefined || this.nowMs() - this.lookedAtMs < LOOK_AGAIN_MS) return false;
    this.lookedAtMs = this.nowMs();
    const looking = new AbortController();
    this.looking = looking;
    void this.nextFootage(pictures, atMs, looking.signal)
      .then((foundMs) => {
        if (looking.signal.aborted || this.axis.moment.atMs < atMs) return;
        if (foundMs === undefined) this.axis.goLive();
        else if (foundMs > this.axis.moment.atMs) this.land(pictures, { startMs: atMs, endMs: foundMs });
      })
      .catch(() => undefined) // the pictures' own index says what is wrong
      .finally(() => (this.looking = undefined));
    return false;
  }

  private async nextFootage(
    pictures: readonly CameraPicture[],
    afterMs: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    for (let startMs = afterMs; startMs < this.nowMs(); startMs += DAY_MS) {
      const range = { stream: 'main' as const, startMs, endMs: startMs + DAY_MS, everySeconds: 3600 };
      const found = await Promise.all(
        pictures.map(({ cameraId }) => this.source.index({ cameraId, ...range }, signal)),
      );
      const starts = found
        .flatMap(({ files }) => files.map((of) => of.start * 1000 + (of.keys.at[0] ?? 0)))
        .filter((start) => start > afterMs)
        .sort((a, b) => a - b);
      if (starts[0] !== undefined) return starts[0];
    }
    return undefined;
  }
}
