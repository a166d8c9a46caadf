/**
 * Which alerts are raised. A trouble is raised once it has lasted, so that a reconnect or a moment above the high mark
 * alarms nobody. It is cleared once it stayed away for as long as CLEAR_AFTER_MS, so that a flapping camera is one
 * alert and not a hundred.
 */
import { toSeconds } from '@vr/base';
import type { AlertKind, RecordAlert } from '@vr/contracts';
import { keyOf, type Trouble } from './trouble';

/** How long a trouble must last before it is told (contract: camera offline > 30 s). */
const RAISE_AFTER_MS: Record<AlertKind, number> = {
  camera_offline: 30_000,
  disk: 30_000,
  store: 60_000,
  clock: 1000,
  retention: 1000,
};
const CLEAR_AFTER_MS = 10_000;
/**
 * In this time after our start only our own looks count, and not what the disk says of a trouble's beginning: after a
 * start of the whole machine all footage is old, and all cameras come back.
 */
const START_MS = 60_000;
/** One look is not enough: the machine's clock may just have been set. */
const CONFIRMED_MS = 4000;

/** An alert that was raised and is not cleared. Instants are epoch ms. */
export interface Raised extends Pick<Trouble, 'kind' | 'cameraId'> {
  sinceMs: number;
}

interface Entry extends Raised {
  message: string;
  isRaised: boolean;
  /** The monotonic instants of the first and the last look of this stretch that found it. */
  firstSeenMs: number;
  lastSeenMs: number;
}

export class AlertBook {
  private readonly entries = new Map<string, Entry>();
  private readonly begunMs: number;

  /** `raised`: those of an earlier life. A trouble that is over by now is cleared, and none is raised twice. */
  constructor(
    private readonly clock: { nowMs(): number; monotonicMs(): number },
    raised: readonly Raised[] = [],
  ) {
    const seenMs = (this.begunMs = clock.monotonicMs());
    for (const one of raised)
      this.entries.set(keyOf(one), { ...one, message: '', isRaised: true, firstSeenMs: seenMs, lastSeenMs: seenMs });
  }

  get raised(): Raised[] {
    return [...this.entries.values()]
      .filter(({ isRaised }) => isRaised)
      .map(({ kind, cameraId, sinceMs }) => ({ kind, ...(cameraId !== undefined && { cameraId }), sinceMs }));
  }

  /**
   * Takes what a look found, and returns what is to be told. `unknown`: kinds that this look could not judge. Their
   * alerts stay as they are.
   */
  look(troubles: readonly Trouble[], unknown: ReadonlySet<AlertKind> = new Set()): RecordAlert[] {
    const nowMs = this.clock.monotonicMs();
    for (const trouble of troubles) this.saw(trouble, nowMs);
    const told: RecordAlert[] = [];
    for (const [key, entry] of this.entries) {
      const isThere = entry.lastSeenMs === nowMs;
      if (!isThere && unknown.has(entry.kind)) continue;
      if (isThere && !entry.isRaised && this.lasts(entry, nowMs)) {
        entry.isRaised = true;
        told.push(alertOf(entry, 'raised', entry.message));
      }
      if (isThere) continue;
      if (entry.isRaised && nowMs - entry.lastSeenMs < CLEAR_AFTER_MS) continue;
      if (entry.isRaised) told.push(alertOf(entry, 'cleared', 'It is over.'));
      this.entries.delete(key);
    }
    return told;
  }

  private lasts({ kind, sinceMs, firstSeenMs }: Entry, nowMs: number): boolean {
    const seenForMs = nowMs - firstSeenMs;
    if (seenForMs >= RAISE_AFTER_MS[kind]) return true;
    const isKnown = seenForMs >= CONFIRMED_MS && nowMs - this.begunMs >= START_MS;
    return isKnown && this.clock.nowMs() - sinceMs >= RAISE_AFTER_MS[kind];
  }

  private saw(trouble: Trouble, nowMs: number): void {
    const known = this.entries.get(keyOf(trouble));
    if (known) {
      known.message = trouble.message;
      known.lastSeenMs = nowMs;
      return;
    }
    const { kind, cameraId, message, sinceMs = this.clock.nowMs() } = trouble;
    this.entries.set(keyOf(trouble), {
      kind,
      cameraId,
      message,
      sinceMs,
      isRaised: false,
      firstSeenMs: nowMs,
      lastSeenMs: nowMs,
    });
  }
}

function alertOf({ kind, cameraId, sinceMs }: Raised, state: RecordAlert['state'], message: string): RecordAlert {
  return { kind, state, ...(cameraId !== undefined && { camera_id: cameraId }), since: toSeconds(sinceMs), message };
}
