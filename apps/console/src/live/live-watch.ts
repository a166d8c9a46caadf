import type { Clock } from '@vr/base';
import { trackOf, type CameraConfig, type LiveMessage, type LiveRequest, type StreamKind } from '@vr/contracts';
import type { LiveFragment, LiveSetUp } from '@vr/footage';
import type { CamerasService } from '../cameras/cameras-service';
import { liveHead } from './live-head';
import type { LiveTailsOfConsole } from './live-tails';
import type { StillFeeds } from './still-feeds';
import { candidates, plays } from './stream-choice';

export type WatchRequest = Extract<LiveRequest, { op: 'watch' }>;

/** Where a watch sends to: its page. */
export interface LiveOutput {
  tell(message: LiveMessage): void;
  send(head: Buffer, bytes: Buffer): void;
  /** False while the page has not taken what it was sent before. */
  readonly hasRoom: boolean;
}

export interface LiveSources {
  tails: Pick<LiveTailsOfConsole, 'of'>;
  stills: Pick<StillFeeds, 'watch'>;
  cameras: Pick<CamerasService, 'viewOf'>;
  clock: Clock;
  /** Hears what nobody waits for. */
  failed: (error: unknown) => void;
}

const STALE_AFTER_MS = 5000;

/** One picture on a page: it chooses the stream, and leaves out what a slow page cannot take. */
export class LiveWatch {
  private leave: () => void = () => undefined;
  private isOver = false;
  private isStale = false;
  /** Pictures were left out: those that follow decode only from the next key frame on. */
  private isBehind = false;
  private wasSkipped = false;
  private cameMs: number;
  /** The choice that is being made, and counts no more when a later one began. */
  private choice = 0;

  constructor(
    private readonly request: WatchRequest,
    private readonly camera: CameraConfig,
    private readonly sources: LiveSources,
    private readonly output: LiveOutput,
  ) {
    this.cameMs = sources.clock.monotonicMs();
  }

  get cameraId(): string {
    return this.camera.id;
  }

  /** Chooses a stream and begins. A page that left while its view was written down gets nothing. */
  begin(): void {
    if (this.isOver) return;
    this.choose().catch(this.sources.failed);
  }

  private async choose(): Promise<void> {
    const mine = ++this.choice;
    this.leave();
    this.leave = () => undefined;
    const streams = candidates(this.request, this.camera.sub_url !== undefined);
    let isThere = false;
    let fallback: StreamKind | undefined;
    for (const stream of streams) {
      const tail = this.sources.tails.of(trackOf(this.camera.id, stream));
      const leave = tail.watch({ setUp: () => undefined, fragment: () => undefined });
      await tail.looked;
      const { current } = tail;
      if (this.isOver || mine !== this.choice) return leave();
      isThere ||= current !== undefined;
      if (current) fallback ??= stream;
      if (current && plays(this.request.codecs, current.codecs)) {
        this.watchTrack(stream);
        return leave();
      }
      leave();
    }
    const [first] = streams;
    // Nothing is there yet: what comes first says whether the page plays it.
    if (!isThere && first !== undefined) {
      await this.tellStale();
      if (!this.isOver && mine === this.choice) this.watchTrack(first);
    } else if (this.request.stream === 'sub' && this.camera.sub_url === undefined && !this.request.codecs)
      this.stopped('no_footage', `camera ${this.camera.id} has no sub-stream`);
    else this.watchStills(fallback ?? (this.camera.sub_url === undefined ? 'main' : 'sub'));
  }

  end(): void {
    this.isOver = true;
    this.leave();
  }

  /** Is asked every second. */
  check(): void {
    const silentMs = this.sources.clock.monotonicMs() - this.cameMs;
    if (!this.isStale && silentMs > STALE_AFTER_MS) this.tellStale().catch(this.sources.failed);
  }

  private watchTrack(stream: StreamKind): void {
    const { codecs } = this.request;
    this.leave = this.sources.tails.of(trackOf(this.camera.id, stream)).watch({
      setUp: (setUp) => {
        // The camera's encoder was changed.
        if (!plays(codecs, setUp.codecs)) this.begin();
        else this.sendSetUp(stream, setUp);
      },
      fragment: (fragment) => this.sendFragment(fragment),
    });
    if (this.isOver) this.leave();
  }

  private sendSetUp(stream: StreamKind, { init, zeroMs, codecs, width, height }: LiveSetUp): void {
    const { id } = this.request;
    this.output.tell({ op: 'watching', id, camera_id: this.camera.id, stream, codecs, width, height });
    this.output.send(liveHead({ kind: 'init', id, startMs: zeroMs }), init);
  }

  private sendFragment({ bytes, startMs, durationMs, key }: LiveFragment): void {
    if (this.isOver) return;
    this.came();
    if (this.isBehind && !key) return;
    this.isBehind = !this.output.hasRoom;
    this.wasSkipped ||= this.isBehind;
    if (this.isBehind) return;
    const head = liveHead({
      kind: 'fragment',
      id: this.request.id,
      startMs,
      durationMs,
      key,
      skipped: this.wasSkipped,
    });
    this.wasSkipped = false;
    this.output.send(head, bytes);
  }

  private watchStills(stream: StreamKind): void {
    const { id } = this.request;
    this.output.tell({ op: 'watching', id, camera_id: this.camera.id, stream: 'still' });
    this.leave = this.sources.stills.watch(trackOf(this.camera.id, stream), ({ jpeg, atMs }) => {
      this.came();
      if (this.output.hasRoom) this.output.send(liveHead({ kind: 'still', id, startMs: atMs, key: true }), jpeg);
    });
  }

  private came(): void {
    this.cameMs = this.sources.clock.monotonicMs();
    this.isStale = false;
  }

  private async tellStale(): Promise<void> {
    this.isStale = true;
    const { cameMs } = this;
    const { state, reason, newest_footage_at: newest } = await this.sources.cameras.viewOf(this.camera);
    if (this.isOver || this.cameMs !== cameMs) return;
    const newestAt = newest === undefined ? {} : { newest_at: newest };
    this.output.tell({ op: 'stale', id: this.request.id, ...newestAt, state, reason });
  }

  private stopped(code: 'no_footage', message: string): void {
    this.isOver = true;
    this.output.tell({ op: 'stopped', id: this.request.id, code, message });
  }
}
