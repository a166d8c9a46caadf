/** What keeps footage although retention or the want of space would take it. */
import { Intervals, type Span } from './intervals';

export interface CameraSpan extends Span {
  cameraId: string;
}

/** Every instant that a file name can hold: for a camera of which nobody can tell what is held. */
export const ALWAYS: Span = { startMs: -8.64e15, endMs: 8.64e15 };

/** `protected`: a legal hold. `waiting_clip`: a clip is claimed and not cut yet. `not_uploaded`: a clip that only the disk has. */
export type HoldReason = 'protected' | 'waiting_clip' | 'not_uploaded';
export type FootageHold = Exclude<HoldReason, 'not_uploaded'>;
export type ItemHold = Exclude<HoldReason, 'waiting_clip'>;

export class Holds {
  private readonly protections: Map<string, Intervals>;
  private readonly leases: Map<string, Intervals>;
  private readonly events: Map<string, Intervals>;

  constructor(spans: { protections?: Iterable<CameraSpan>; leases?: Iterable<CameraSpan>; events?: Iterable<CameraSpan> }) {
    this.protections = byCamera(spans.protections ?? []);
    this.leases = byCamera(spans.leases ?? []);
    this.events = byCamera(spans.events ?? []);
  }

  ofFootage(cameraId: string, startMs: number, endMs: number): FootageHold | undefined {
    if (this.isProtected(cameraId, startMs, endMs)) return 'protected';
    return this.leases.get(cameraId)?.touches(startMs, endMs) ? 'waiting_clip' : undefined;
  }

  /** Clips and snapshots of a held range are held with it. */
  isProtected(cameraId: string, startMs: number, endMs: number): boolean {
    return this.protections.get(cameraId)?.touches(startMs, endMs) ?? false;
  }

  /** Footage around events is worth more: it may have a longer retention, and is the last to go for want of space. */
  hasEvent(cameraId: string, startMs: number, endMs: number): boolean {
    return this.events.get(cameraId)?.touches(startMs, endMs) ?? false;
  }
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
