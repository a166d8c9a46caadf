/** Live of one camera: what the socket brings goes into the picture, which stays a little behind the newest of it. */
import { liveSocket, type LiveMedia, type LiveWord } from '../api/live-socket';
import { stale } from './buffer-plan';
import { canPlay, type MediaPicture } from './media-picture';
import { LiveTarget } from './sync-control';
import { mimeTypeOf } from './way-to-play';

const FRAGMENT_MS = 500;
/** What a browser is asked for each family of codecs. */
const TRIED = { avc1: 'avc1.640028', hvc1: 'hvc1.1.6.L120.B0' };

export type LiveState =
  | { kind: 'playing' }
  | { kind: 'liveStill'; address: string; atMs: number }
  | { kind: 'stale'; newestMs?: number; reason?: string }
  | { kind: 'fault'; message: string };

export class LiveFeed {
  /** Undefined until something came. */
  state: LiveState | undefined;
  private readonly unwatch: () => void;
  private readonly target = new LiveTarget(FRAGMENT_MS);
  private readonly ending = new AbortController();
  private init: { bytes: Uint8Array<ArrayBuffer>; zeroMs: number; file: string } | undefined;
  private codecs = '';
  private stillAddress: string | undefined;
  private count = 0;
  private isWatchingStalls = false;

  constructor(
    private readonly o: {
      cameraId: string;
      /** A picture of a wall: the small stream does. */
      isSmall: boolean;
      media: () => MediaPicture;
      nowMs: () => number;
      onNews: () => void;
    },
  ) {
    const codecs = Object.entries(TRIED).flatMap(([name, tried]) => (canPlay(mimeTypeOf([tried])) ? [name] : []));
    const playing = o.isSmall ? ('auto' as const) : ('main' as const);
    const stream = codecs.length === 0 ? ('still' as const) : playing;
    this.unwatch = liveSocket.watch({
      ...{ cameraId: o.cameraId, stream, codecs },
      onMedia: (media) => this.take(media),
      onWord: (word) => this.heard(word),
    });
  }

  /** Called now and then: keeps the picture where live is. */
  follow(): void {
    if (this.state?.kind !== 'playing') return;
    const media = this.o.media();
    const newest = media.buffered.at(-1);
    if (newest === undefined) return;
    const { video } = media;
    const { playbackRate, jumpToMs } = this.target.correction(media.playheadMs, newest.endMs);
    // A watch begins with the newest key frame: what the target asks for may lie before it.
    const isBefore = media.playheadMs < newest.startMs;
    const wantedMs = isBefore ? newest.startMs : jumpToMs;
    if (wantedMs !== undefined && (isBefore || !video.seeking)) media.seek(Math.max(newest.startMs, wantedMs));
    video.playbackRate = playbackRate;
    if (video.paused) video.play().catch(() => undefined);
    this.target.playing(this.o.nowMs());
  }

  close(): void {
    this.unwatch();
    this.ending.abort();
    if (this.stillAddress !== undefined) URL.revokeObjectURL(this.stillAddress);
  }

  private take({ kind, startMs, bytes }: LiveMedia): void {
    if (kind === 'init') this.init = { bytes, zeroMs: startMs, file: `live ${this.o.cameraId} ${(this.count += 1)}` };
    else if (kind === 'still') this.showStill(bytes, startMs);
    else void this.append(bytes);
  }

  private async append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.init === undefined) return;
    const { bytes: init, zeroMs, file } = this.init;
    const media = this.o.media();
    this.watchStalls(media.video);
    try {
      await media.append({ mimeType: mimeTypeOf([this.codecs]), file, init, zeroMs, bytes });
      for (const span of stale(media.buffered, media.buffered.at(-1)?.endMs ?? 0)) await media.remove(span);
      this.say({ kind: 'playing' });
    } catch (error) {
      this.say({ kind: 'fault', message: error instanceof Error ? error.message : String(error) });
    }
  }

  private watchStalls(video: HTMLVideoElement): void {
    if (this.isWatchingStalls) return;
    this.isWatchingStalls = true;
    const { signal } = this.ending;
    const stalled = (): void => {
      if (!video.seeking) this.target.stalled(this.o.nowMs());
    };
    video.addEventListener('waiting', stalled, { signal });
  }

  private showStill(bytes: Uint8Array<ArrayBuffer>, atMs: number): void {
    if (this.stillAddress !== undefined) URL.revokeObjectURL(this.stillAddress);
    this.stillAddress = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
    this.say({ kind: 'liveStill', address: this.stillAddress, atMs });
  }

  private heard(word: LiveWord): void {
    if (word.op === 'watching') this.codecs = word.codecs ?? '';
    else if (word.op === 'stopped') this.say({ kind: 'fault', message: word.message });
    else if (word.op === 'stale') this.say({ kind: 'stale', newestMs: word.newestMs, reason: word.reason });
    else this.say({ kind: 'stale', newestMs: this.state?.kind === 'playing' ? this.o.nowMs() : undefined });
  }

  private say(state: LiveState): void {
    if (this.ending.signal.aborted) return;
    this.state = state;
    this.o.onNews();
  }
}
