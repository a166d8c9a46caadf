import type { ClipId, ClipJob } from '@vr/contracts';

/** Some hundred bytes each. A detector sends an event again within seconds or minutes: what matters is the newest. */
const LIMIT = 10_000;
/** Other identities hold the event's instant, and so its clip's name. */
const BY_ID = 'id:';

/**
 * Which clip an event with an id of its own has. Sent again with another timestamp, as one that goes on is, it would
 * have another name.
 */
export class KnownEvents {
  private readonly clips = new Map<string, ClipId>();

  /** The newest stay. */
  remember({ identity, clipId }: Pick<ClipJob, 'identity' | 'clipId'>): void {
    if (!identity.startsWith(BY_ID)) return;
    this.clips.set(identity, clipId);
    const [oldest] = this.clips.size > LIMIT ? this.clips.keys() : [];
    if (oldest !== undefined) this.clips.delete(oldest);
  }

  /** The same of records that are read from the newest to the oldest. */
  recall(job: Pick<ClipJob, 'identity' | 'clipId'>): void {
    if (this.clips.size < LIMIT && !this.clips.has(job.identity)) this.remember(job);
  }

  clipOf(identity: string): ClipId | undefined {
    return this.clips.get(identity);
  }
}
