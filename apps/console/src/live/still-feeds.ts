import { Inject, Injectable } from '@nestjs/common';
import { errorText, LogGate, type Clock } from '@vr/base';
import { BusyError } from '@vr/contracts';
import { Pictures, type MomentPicture } from '@vr/pictures';
import { CLOCK, LOGGER, type Logger } from '@vr/service';
import { LiveTailsOfConsole } from './live-tails';

type StillWatcher = (still: MomentPicture) => void;

const AT_MOST_EVERY_MS = 1000;

/** Pictures of a track's key frames, for pages that cannot play it. Each is decoded once for all who watch. */
@Injectable()
export class StillFeeds {
  private readonly feeds = new Map<string, StillFeed>();
  private readonly gate: LogGate;

  constructor(
    @Inject(LiveTailsOfConsole) private readonly tails: LiveTailsOfConsole,
    @Inject(Pictures) private readonly pictures: Pick<Pictures, 'pictureAt'>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'monotonicMs'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.gate = new LogGate(clock);
  }

  watch(track: string, watcher: StillWatcher): () => void {
    const feed = this.feeds.get(track) ?? this.begin(track);
    const leave = feed.watch(watcher);
    return () => {
      leave();
      if (!feed.isWatched && this.feeds.get(track) === feed) {
        this.feeds.delete(track);
        feed.end();
      }
    };
  }

  private begin(track: string): StillFeed {
    const feed = new StillFeed(
      () => this.pictures.pictureAt(track, 'newest_key', 'small'),
      this.clock,
      (error) => {
        if (this.gate.turn(track)) this.logger.warn({ track, reason: errorText(error) }, 'no still of what is live');
      },
    );
    this.feeds.set(track, feed);
    feed.end = this.tails.of(track).watch({
      setUp: () => undefined,
      fragment: ({ key }) => {
        if (key) feed.newKey();
      },
    });
    return feed;
  }
}

class StillFeed {
  private readonly watchers = new Set<StillWatcher>();
  private newest: MomentPicture | undefined;
  private begunMs = -Infinity;
  private isDecoding = false;
  end: () => void = () => undefined;

  constructor(
    private readonly decode: () => Promise<MomentPicture | undefined>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly failed: (error: unknown) => void,
  ) {}

  get isWatched(): boolean {
    return this.watchers.size > 0;
  }

  watch(watcher: StillWatcher): () => void {
    this.watchers.add(watcher);
    if (this.newest) watcher(this.newest);
    return () => this.watchers.delete(watcher);
  }

  /** A key frame that comes while another is decoded, or too soon, is left out: the next one is newer. */
  newKey(): void {
    const nowMs = this.clock.monotonicMs();
    if (this.isDecoding || nowMs - this.begunMs < AT_MOST_EVERY_MS) return;
    this.isDecoding = true;
    this.begunMs = nowMs;
    this.decode()
      .then((still) => {
        if (!still || still.atMs === this.newest?.atMs) return;
        this.newest = still;
        for (const watcher of this.watchers) watcher(still);
      })
      // The machine has no room now. The next key frame comes soon.
      .catch((error: unknown) => !(error instanceof BusyError) && this.failed(error))
      .finally(() => (this.isDecoding = false));
  }
}
