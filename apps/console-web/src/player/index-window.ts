/**
 * What is known of a camera's footage around the moment. It asks for a stretch, and again before the moment leaves it;
 * near now it asks again as the recorder writes on.
 */
import type { FootageIndex, StreamKind } from '../api/footage';
import { runsOf, type PlayableRun } from './index-runs';

const BEHIND_MS = 60_000;
const AHEAD_MS = 300_000;
/** What lies this close to the end of the stretch makes it ask again. */
const MARGIN_MS = 45_000;
/** How long what was heard of now counts, and how long a failure waits. */
const AGAIN_MS = 2000;
/** A file that has not grown for so long is not being written any more. */
const DEAD_MS = 15_000;
/** Fast play shows so many key frames a second; what lies between them is not asked for. */
const PICTURES_PER_SECOND = 8;

export type AskIndex = (
  o: { stream: StreamKind; startMs: number; endMs: number; everySeconds: number },
  signal: AbortSignal,
) => Promise<FootageIndex>;

export class IndexWindow {
  runs: readonly PlayableRun[] = [];
  gaps: FootageIndex['gaps'] = [];
  /** The sentence of what went wrong last. */
  fault: string | undefined;
  private fromMs = 0;
  private toMs = 0;
  private rate = 1;
  private askedAtMs = -Infinity;
  private asking: AbortController | undefined;

  constructor(
    readonly stream: StreamKind,
    private readonly ask: AskIndex,
    private readonly nowMs: () => number,
  ) {}

  /** Whether it is known what there is at the instant, be it nothing. */
  covers(atMs: number): boolean {
    return atMs >= this.fromMs && atMs < this.toMs;
  }

  /** Asks where it has to. `then` is called once something new is known. */
  follow(atMs: number, rate: number, then: () => void): void {
    const fast = Math.abs(rate) > 2 ? Math.abs(rate) : 1;
    if (!this.wants(atMs, fast)) return;
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.askedAtMs = this.nowMs();
    const startMs = Math.floor(atMs - BEHIND_MS * fast);
    const endMs = Math.ceil(atMs + AHEAD_MS * Math.min(fast, 64));
    const everySeconds = fast > 1 ? Math.min(3600, fast / PICTURES_PER_SECOND) : 0;
    this.ask({ stream: this.stream, startMs, endMs, everySeconds }, asking.signal)
      .then((index) => {
        this.runs = runsOf(index);
        this.gaps = index.gaps;
        this.fault = undefined;
        this.fromMs = startMs;
        this.toMs = Math.min(endMs, this.knownUntilMs(index));
        this.rate = fast;
      })
      .catch((error: unknown) => {
        if (!asking.signal.aborted) this.fault = error instanceof Error ? error.message : String(error);
      })
      .finally(() => {
        if (this.asking !== asking) return;
        this.asking = undefined;
        then();
      });
  }

  close(): void {
    this.asking?.abort();
  }

  /** What lies after now, or after the last group of a file that is being written, is not known to be missing. */
  private knownUntilMs({ files }: FootageIndex): number {
    const last = files.at(-1);
    const writtenMs = last?.open ? last.end * 1000 : -Infinity;
    return writtenMs > this.askedAtMs - DEAD_MS ? Math.min(writtenMs, this.askedAtMs) : this.askedAtMs;
  }

  private wants(atMs: number, fast: number): boolean {
    const known = this.covers(atMs) && fast === this.rate;
    if (this.asking !== undefined) return false;
    const isRecent = this.nowMs() - this.askedAtMs < AGAIN_MS;
    if (this.fault !== undefined && isRecent) return false;
    if (!known) return !(isRecent && atMs >= this.toMs && atMs <= this.nowMs() && fast === this.rate);
    return !isRecent && atMs > this.toMs - MARGIN_MS * fast;
  }
}
