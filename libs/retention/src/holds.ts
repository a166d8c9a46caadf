/** What keeps footage although retention or the want of space would take it. */
import { Intervals, type Span } from './intervals';

export interface CameraSpan extends Span {
  cameraId: string;
}

/**
 * Of a protection. What was recorded before it was made was there when it was asked for; without `madeMs` all of it
 * was.
 */
export interface ProtectedSpan extends CameraSpan {
  madeMs?: number;
}

/** Every instant that a file name can hold: for a camera of which nobody can tell what is held. */
export const ALWAYS: Span = { startMs: -8.64e15, endMs: 8.64e15 };

/**
 * `protected`: a legal hold. `waiting_clip`: a clip is claimed and not cut yet. `not_uploaded`: a clip that only the
 * disk has.
 */
export type HoldReason = 'protected' | 'waiting_clip' | 'not_uploaded';
export type FootageHold = Exclude<HoldReason, 'not_uploaded'>;
export type ItemHold = Exclude<HoldReason, 'waiting_clip'>;

export class Holds {
  private readonly asked: Map<string, Intervals>;
  private readonly later: Map<string, Intervals>;
  private readonly leases: Map<string, Intervals>;
  private readonly events: Map<string, Intervals>;

  /** Footage that was recorded after its protection was made is held where it begins before this. */
  private laterUntilMs = Infinity;

  constructor(spans: {
    protections?: Iterable<ProtectedSpan>;
    leases?: Iterable<CameraSpan>;
    events?: Iterable<CameraSpan>;
  }) {
    const protections = [...(spans.protections ?? [])];
    this.asked = byCamera(protections.flatMap(partUntilMade));
    this.later = byCamera(protections.flatMap(partSinceMade));
    this.leases = byCamera(spans.leases ?? []);
    this.events = byCamera(spans.events ?? []);
  }

  /** The same, but of footage that came later only what begins before this is held (protected-room.ts). */
  withLaterUntil(ms: number): Holds {
    const limited = Object.assign(new Holds({}), this);
    limited.laterUntilMs = ms;
    return limited;
  }

  ofFootage(cameraId: string, startMs: number, endMs: number): FootageHold | undefined {
    if (this.wasThere(cameraId, startMs, endMs)) return 'protected';
    if (startMs < this.laterUntilMs && this.cameLater(cameraId, startMs, endMs)) return 'protected';
    return this.leases.get(cameraId)?.touches(startMs, endMs) ? 'waiting_clip' : undefined;
  }

  /** Clips and snapshots of a held range are held with it. */
  isProtected(cameraId: string, startMs: number, endMs: number): boolean {
    return this.wasThere(cameraId, startMs, endMs) || this.cameLater(cameraId, startMs, endMs);
  }

  /** Protected, and there when it was asked for. */
  wasThere(cameraId: string, startMs: number, endMs: number): boolean {
    return this.asked.get(cameraId)?.touches(startMs, endMs) ?? false;
  }

  /** Of a protected time that was still to come when it was asked for. */
  cameLater(cameraId: string, startMs: number, endMs: number): boolean {
    return this.later.get(cameraId)?.touches(startMs, endMs) ?? false;
  }

  get anyLater(): boolean {
    return this.later.size > 0;
  }

  /** Footage around events is worth more: it may have a longer retention, and is the last to go for want of space. */
  hasEvent(cameraId: string, startMs: number, endMs: number): boolean {
    return this.events.get(cameraId)?.touches(startMs, endMs) ?? false;
  }
}

function partUntilMade({ cameraId, startMs, endMs, madeMs = Infinity }: ProtectedSpan): CameraSpan[] {
  return startMs < madeMs ? [{ cameraId, startMs, endMs: Math.min(endMs, madeMs) }] : [];
}

function partSinceMade({ cameraId, startMs, endMs, madeMs = Infinity }: ProtectedSpan): CameraSpan[] {
  return endMs > madeMs ? [{ cameraId, startMs: Math.max(startMs, madeMs), endMs }] : [];
}

function byCamera(spans: Iterable<CameraSpan>): Map<string, Intervals> {
  const grouped = new Map<string, Span[]>();
  for (const { cameraId, startMs, endMs } of spans) {
    const known = grouped.get(cameraId);
    if (known) known.push({ startMs, endMs });
    else grouped.set(cameraId, [{ startMs, endMs }]);
  }
  return new Map([...grouped].map(([cameraId, ofCamera]) => [cameraId, new Intervals(ofCamera)]));
}
