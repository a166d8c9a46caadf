/** What keeps footage that retention or a want of space would take. */
import { cameraOfTrack } from '@vr/contracts';
import { Intervals, type Span } from './intervals';

export interface CameraSpan extends Span {
  cameraId: string;
}

/**
 * The span of a protection, made at `madeMs`. Footage from before that was there when somebody asked for the
 * protection. Without `madeMs` all of it was there.
 */
export interface ProtectedSpan extends CameraSpan {
  madeMs?: number;
}

/** Every instant that a file name can hold. It serves a camera whose holds cannot be read. */
export const ALWAYS: Span = { startMs: -8.64e15, endMs: 8.64e15 };

/**
 * `protected`: a legal hold. `waiting_clip`: a clip is claimed and not cut yet. `not_uploaded`: only the disk has the
 * clip.
 */
export type HoldReason = 'protected' | 'waiting_clip' | 'not_uploaded';
export type FootageHold = Exclude<HoldReason, 'not_uploaded'>;
export type ItemHold = Exclude<HoldReason, 'waiting_clip'>;

export class Holds {
  private readonly asked: Map<string, Intervals>;
  private readonly later: Map<string, Intervals>;
  private readonly leases: Map<string, Intervals>;
  private readonly events: Map<string, Intervals>;

  /** Footage that came after its protection is held only if it begins before this. */
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

  /** The same holds, but footage that came later is held only if it begins before this (protected-room.ts). */
  withLaterUntil(ms: number): Holds {
    const limited = Object.assign(new Holds({}), this);
    limited.laterUntilMs = ms;
    return limited;
  }

  /** A protection holds both streams of its camera. A clip is cut from the main stream, so it waits for that alone. */
  ofFootage(cameraId: string, startMs: number, endMs: number): FootageHold | undefined {
    if (this.wasThere(cameraId, startMs, endMs)) return 'protected';
    if (startMs < this.laterUntilMs && this.cameLater(cameraId, startMs, endMs)) return 'protected';
    return this.leases.get(cameraId)?.touches(startMs, endMs) ? 'waiting_clip' : undefined;
  }

  /** Clips and snapshots of a protected range are held with it. */
  isProtected(cameraId: string, startMs: number, endMs: number): boolean {
    return this.wasThere(cameraId, startMs, endMs) || this.cameLater(cameraId, startMs, endMs);
  }

  /** Whether it is protected and was there when somebody asked for that. */
  wasThere(cameraId: string, startMs: number, endMs: number): boolean {
    return this.asked.get(cameraOfTrack(cameraId))?.touches(startMs, endMs) ?? false;
  }

  /** Whether it lies in a protected time that was still to come when somebody asked for it. */
  cameLater(cameraId: string, startMs: number, endMs: number): boolean {
    return this.later.get(cameraOfTrack(cameraId))?.touches(startMs, endMs) ?? false;
  }

  get anyLater(): boolean {
    return this.later.size > 0;
  }

  /** Footage around events is worth more. It may have a longer retention, and a want of space takes it last. */
  hasEvent(cameraId: string, startMs: number, endMs: number): boolean {
    return this.events.get(cameraOfTrack(cameraId))?.touches(startMs, endMs) ?? false;
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
