import type { ClipId, ClipJob } from '@vr/contracts';

/** Some hundred bytes each. Detectors send an event again within seconds or minutes, so the newest matter. */
const LIMIT = 10_000;
/** Other identities hold the event's instant, and so the name of its clip. */
const BY_ID = 'id:';

/**
 * Knows which clip an event with an id of its own has. `ClipLedger.claim` decides what becomes of an event that came
 * before; its `identity` is made in libs/contracts (events.ts). An event that goes on is sent again with another
 * timestamp: by that alone its clip would have another name.
 */
export class ClipsOfEvents {
  private readonly clips = new Map<string, ClipId>();

  /** Forgets the oldest where there are too many. */
  remember({ identity, clipId }: Pick<ClipJob, 'identity' | 'clipId'>): void {
    if (!identity.startsWith(BY_ID)) return;
    this.clips.set(identity, clipId);
    const [oldest] = this.clips.size > LIMIT ? this.clips.keys() : [];
    if (oldest !== undefined) this.clips.delete(oldest);
  }

  /** The same for records that are read from the newest to the oldest. */
  recall(job: Pick<ClipJob, 'identity' | 'clipId'>): void {
    if (this.clips.size < LIMIT && !this.clips.has(job.identity)) this.remember(job);
  }

  clipOf(identity: string): ClipId | undefined {
    return this.clips.get(identity);
  }
}
