import type { Clock } from '@vr/base';
import { LiveTail } from './live-tail';

/** One tail for each track that somebody watches, however many watch it. */
export class LiveTails {
  private readonly tails = new Map<string, LiveTail>();

  constructor(
    private readonly recordingsDir: string,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly failed: (track: string, error: unknown) => void,
  ) {}

  of(track: string): LiveTail {
    for (const [name, tail] of this.tails) if (!tail.isWatched && name !== track) this.tails.delete(name);
    const known = this.tails.get(track);
    if (known) return known;
    const tail = new LiveTail(this.recordingsDir, track, this.clock, (error) => this.failed(track, error));
    this.tails.set(track, tail);
    return tail;
  }
}
