/** Keeps the status of every stream, and hands on every change of a camera as `seguranca.record.status`. */
import { toSeconds, type Clock } from '@vr/base';
import {
  cameraId as cameraIdSchema,
  cameraOfTrack,
  trackOf,
  type CameraState,
  type CameraStatus,
  type SourceName,
} from '@vr/contracts';
import type { CameraEvents, StreamFacts } from '../camera/camera-events';
import type { StreamLosses } from '../camera/camera-source';

export interface StatusSink {
  changed(status: CameraStatus): void;
}

/** Rates are measured over about this much media. */
const RATE_WINDOW_MS = 10_000;

interface Tally {
  mediaMs: number;
  sizeBytes: number;
  frames: number;
}

export class CameraReporter implements Pick<CameraEvents, 'state' | 'stream' | 'fragment'> {
  private readonly statuses = new Map<string, CameraStatus>();
  private readonly tallies = new Map<string, Tally>();
  private readonly lastKeyMs = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly sink: StatusSink,
  ) {}

  all(): CameraStatus[] {
    return [...this.statuses].flatMap(([track, status]) => (track === status.camera_id ? this.whole(status) : []));
  }

  forget(cameraId: string): void {
    for (const map of [this.statuses, this.tallies, this.lastKeyMs]) map.delete(cameraId);
    this.tell(cameraOfTrack(cameraId));
  }

  state(cameraId: string, state: CameraState, reason?: string): void {
    const before = this.statuses.get(cameraId);
    if (before?.state === state && before.reason === reason) return;
    // A dead camera keeps its state and its reason while the recorder tries it again. `connecting` is news only at the
    // beginning.
    if (state === 'connecting' && before && before.state !== 'recording') return;
    // The recorder cannot record this codec, but it is still the camera's codec.
    const codec = state === 'unsupported_codec' ? { codec: reason } : {};
    this.put(cameraId, {
      ...before,
      ...codec,
      camera_id: cameraIdSchema.parse(cameraOfTrack(cameraId)),
      state,
      since: toSeconds(this.clock.nowMs()),
      reason,
    });
  }

  /** Notes which clock tells when the camera saw its pictures. */
  timedBy(cameraId: string, clock: CameraStatus['clock']): void {
    const before = this.statuses.get(cameraId);
    if (before && before.clock !== clock) this.put(cameraId, { ...before, clock });
  }

  /** Notes what reads the camera. */
  readBy(cameraId: string, source: SourceName): void {
    const before = this.statuses.get(cameraId);
    if (before && before.source !== source) this.put(cameraId, { ...before, source });
  }

  /** It stands in the next status; a lossy link makes no status of its own. */
  lost(cameraId: string, { packets, pictures }: StreamLosses): void {
    const status = this.statuses.get(cameraId);
    if (!status) return;
    status.packets_lost = (status.packets_lost ?? 0) + packets;
    status.pictures_dropped = (status.pictures_dropped ?? 0) + pictures;
  }

  stream(cameraId: string, facts: StreamFacts): void {
    const before = this.statuses.get(cameraId);
    if (before) this.statuses.set(cameraId, { ...before, ...facts });
    this.tallies.delete(cameraId);
    this.lastKeyMs.delete(cameraId);
  }

  fragment(cameraId: string, fragment: Parameters<CameraEvents['fragment']>[1]): void {
    const status = this.statuses.get(cameraId);
    if (!status) return;
    status.last_fragment_at = toSeconds(fragment.wallEndMs);
    if (fragment.key) this.measureGop(cameraId, status, fragment.wallEndMs - fragment.mediaMs);
    const tally = this.tallies.get(cameraId) ?? { mediaMs: 0, sizeBytes: 0, frames: 0 };
    tally.mediaMs += fragment.mediaMs;
    tally.sizeBytes += fragment.sizeBytes;
    tally.frames += fragment.frames;
    if (tally.mediaMs < RATE_WINDOW_MS) {
      this.tallies.set(cameraId, tally);
      return;
    }
    this.tallies.delete(cameraId);
    status.fps = Math.round((tally.frames / tally.mediaMs) * 10_000) / 10;
    status.bitrate_kbps = Math.round((tally.sizeBytes * 8) / tally.mediaMs);
  }

  private measureGop(track: string, status: CameraStatus, keyMs: number): void {
    const before = this.lastKeyMs.get(track);
    this.lastKeyMs.set(track, keyMs);
    if (before !== undefined) status.gop_seconds = Math.round((keyMs - before) / 10) / 100;
  }

  private put(track: string, status: CameraStatus): void {
    this.statuses.set(track, status);
    this.tell(status.camera_id);
  }

  /** A camera has one status. The sub-stream's is a part of it. */
  private tell(cameraId: string): void {
    const main = this.statuses.get(cameraId);
    if (main) this.sink.changed(this.whole(main));
  }

  private whole(main: CameraStatus): CameraStatus {
    const found = this.statuses.get(trackOf(main.camera_id, 'sub'));
    if (!found) return main;
    const { state, since, reason, codec, width, height } = found;
    return { ...main, sub: { state, since, reason, codec, width, height } };
  }
}
