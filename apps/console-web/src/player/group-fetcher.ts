/** Brings groups of pictures from the server into a picture's buffer: one at a time, the most wanted first. */
import { evictWhenFull, nextGroup, stale, type GroupToFetch } from './buffer-plan';
import type { PlayableRun } from './index-runs';
import { groupBytes, groupEndMs, keyFrameFor, type ByteRange } from './key-frames';
import type { MediaPicture } from './media-picture';
import { runAt, type Span } from './recorded-runs';
import { mimeTypeOf } from './way-to-play';
import { firstFragmentEnd } from './whole-fragments';

export type AskBytes = (range: ByteRange, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

/** Of fast play: the first fragment of a group is in here, as cameras are. */
const KEY_BYTES = 300_000;
const RETRY_MS = 2000;
/** What is left of a jump that a running fetch is still good for. */
const NEAR_MS = 10_000;

export class GroupFetcher {
  fault: string | undefined;
  /** Of fast play: the key frame that was fetched last. */
  keyMs: number | undefined;
  /** Groups that were given to the browser. It may have thrown some away by itself. */
  private held: Span[] = [];
  private inits = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  private running: { group: GroupToFetch; abort: AbortController } | undefined;
  private failedAtMs = -Infinity;

  constructor(
    private readonly picture: MediaPicture,
    private readonly ask: AskBytes,
    private readonly nowMs: () => number,
  ) {}

  /** What of `held` the browser still has. A group whose middle is there is there. */
  get spans(): Span[] {
    const buffered = this.picture.buffered;
    this.held = this.held.filter(({ startMs, endMs }) => {
      const middleMs = (startMs + endMs) / 2;
      return buffered.some((span) => span.startMs <= middleMs && middleMs < span.endMs);
    });
    return this.held;
  }

  /** Fetches what the moment needs. `then` is called when that is there, or has failed. */
  follow(runs: readonly PlayableRun[], atMs: number, isFast: boolean, then: () => void): void {
    const running = this.running?.group;
    if (running !== undefined) {
      // Fast play takes what comes: an aborted fetch would follow an aborted fetch.
      if (isFast || (running.endMs > atMs - NEAR_MS && running.startMs < atMs + NEAR_MS)) return;
      this.running?.abort.abort();
    }
    if (this.nowMs() - this.failedAtMs < RETRY_MS) return;
    const group = isFast ? this.keyGroup(runs, atMs) : nextGroup(runs, this.spans, atMs);
    const run = group && runAt(runs, group.startMs);
    if (group === undefined || run === undefined) return;
    const abort = new AbortController();
    const mine = { group, abort };
    this.running = mine;
    this.fetch(run, group, isFast, abort.signal)
      .then(() => (this.fault = undefined))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        this.failedAtMs = this.nowMs();
        this.fault = error instanceof Error ? error.message : String(error);
      })
      .finally(() => {
        if (this.running === mine) this.running = undefined;
        then();
      });
  }

  close(): void {
    this.running?.abort.abort();
  }

  private keyGroup(runs: readonly PlayableRun[], atMs: number): GroupToFetch | undefined {
    const found = keyFrameFor(runs, atMs);
    if (found === undefined) return undefined;
    const startMs = found.key.atMs;
    const isThere = this.picture.buffered.some((span) => span.startMs <= startMs + 1 && span.endMs > startMs + 1);
    if (isThere) this.keyMs = startMs;
    return isThere ? undefined : { bytes: groupBytes(found), startMs, endMs: groupEndMs(found) };
  }

  private async fetch(run: PlayableRun, group: GroupToFetch, isFast: boolean, signal: AbortSignal): Promise<void> {
    const bytes = isFast ? this.keyBytes(group.bytes, signal) : this.ask(group.bytes, signal);
    const [init, media] = await Promise.all([this.initOf(run), bytes]);
    if (signal.aborted) return;
    const { file, zeroMs } = run;
    const part = { mimeType: mimeTypeOf([run.codecs]), file, init, zeroMs, bytes: media };
    await this.picture.append(part).catch(async (error: unknown) => {
      const victim = evictWhenFull(this.picture.buffered, group);
      if (!(error instanceof Error && error.name === 'QuotaExceededError') || victim === undefined) throw error;
      await this.picture.remove(victim);
      await this.picture.append(part);
    });
    if (isFast) this.keyMs = group.startMs;
    else this.held = [...this.held, { startMs: group.startMs, endMs: group.endMs }].sort(byStart);
    for (const span of stale(this.picture.buffered, group.startMs)) await this.picture.remove(span);
  }

  private initOf({ file, initBytes }: PlayableRun): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.inits.get(file);
    if (known !== undefined) return known;
    const asked = this.ask({ file, firstByte: 0, lastByte: initBytes - 1 }, new AbortController().signal);
    if (this.inits.size > 50) this.inits.clear();
    this.inits.set(file, asked);
    asked.catch(() => this.inits.delete(file));
    return asked;
  }

  /** Only the fragment with the key frame in it, where that can be told from the first bytes. */
  private async keyBytes(range: ByteRange, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const lastByte = Math.min(range.lastByte, range.firstByte + KEY_BYTES - 1);
    const bytes = await this.ask({ ...range, lastByte }, signal);
    const end = firstFragmentEnd(bytes);
    if (end !== undefined) return bytes.slice(0, end);
    return lastByte === range.lastByte ? bytes : this.ask(range, signal);
  }
}

function byStart(a: Span, b: Span): number {
  return a.startMs - b.startMs;
}
