import { Limiter, type Clock } from '@vr/base';
import { Breaker } from './breaker';

/** Items go out through a door: an object store, or the sender of messages. */
interface Door {
  /** As in "the object store is away". */
  name: string;
  /** Whether an error says that the door is away. Any other error is the item's own. */
  isAway: (error: unknown) => boolean;
}

/** So many uploads at once are enough for a store far away, and few enough for the line to it. */
const UPLOADS_AT_ONCE = 4;

/** The two doors of an outbox. While one is closed, one item at a time tries it and the others are put off. */
export class Doors {
  private readonly uploads = new Limiter(UPLOADS_AT_ONCE);
  private readonly storeBreaker: Breaker;
  private readonly announcerBreaker: Breaker;

  constructor(doors: { store: Door; announcer: Door }, clock: Clock) {
    this.storeBreaker = new Breaker(doors.store.name, clock, doors.store.isAway);
    this.announcerBreaker = new Breaker(doors.announcer.name, clock, doors.announcer.isAway);
  }

  /** How many uploads wait for their turn. */
  get uploadsWaiting(): number {
    return this.uploads.waiting;
  }

  /** Why nothing goes out. Undefined while both doors are open. */
  get trouble(): string | undefined {
    return this.storeBreaker.trouble ?? this.announcerBreaker.trouble;
  }

  /** Throws PostponedError while the store is away. `isDue`: see Breaker. */
  store<T>(work: () => Promise<T>, isDue = false): Promise<T> {
    // The breaker is asked only when the upload's turn comes, so that what waited does not wait for a dead store, too.
    return this.uploads.run(() => this.storeBreaker.run(work, isDue));
  }

  announce<T>(work: () => Promise<T>, isDue = false): Promise<T> {
    return this.announcerBreaker.run(work, isDue);
  }
}
