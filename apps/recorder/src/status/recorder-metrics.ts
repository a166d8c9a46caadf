import type { Clock } from '@vr/base';
import {
  CAMERA_STATES,
  GAP_REASONS,
  SOURCE_NAMES,
  type CameraState,
  type GapReason,
  type SourceName,
} from '@vr/contracts';
import { Counter, fromZero, Gauge, Histogram, type Registry } from '@vr/service';
import type { StreamLosses } from '../camera/camera-source';

/** Keeps the recorder's metrics under the contract's names. */
export class RecorderMetrics {
  private readonly cameraState: Gauge<'camera' | 'state'>;
  private readonly sources: Gauge<'camera' | 'source'>;
  private readonly packetsLost: Counter<'camera'>;
  private readonly picturesDropped: Counter<'camera'>;
  private readonly restarts: Counter<'camera' | 'reason'>;
  private readonly gapSeconds: Counter<'camera' | 'reason'>;
  private readonly lastFragment: Gauge<'camera'>;
  private readonly bytesWritten: Counter<'camera'>;
  private readonly fsync: Histogram;

  constructor(
    registry: Registry,
    private readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>,
  ) {
    const registers = [registry];
    this.cameraState = new Gauge({
      name: 'recorder_camera_state',
      help: '1 for the state a camera is in, 0 for the others',
      labelNames: ['camera', 'state'],
      registers,
    });
    this.sources = new Gauge({
      name: 'recorder_source_info',
      help: '1 for what reads a camera: an ffmpeg, or the native RTSP client',
      labelNames: ['camera', 'source'],
      registers,
    });
    this.packetsLost = new Counter({
      name: 'recorder_packets_lost_total',
      help: 'RTP packets that did not come, as far as the native source read',
      labelNames: ['camera'],
      registers,
    });
    this.picturesDropped = new Counter({
      name: 'recorder_pictures_dropped_total',
      help: 'Pictures with missing packets, which were left out',
      labelNames: ['camera'],
      registers,
    });
    this.restarts = new Counter({
      name: 'recorder_restarts_total',
      help: 'Ended connections to a camera, by reason',
      labelNames: ['camera', 'reason'],
      registers,
    });
    this.gapSeconds = new Counter({
      name: 'recorder_gap_seconds_total',
      help: 'Seconds without footage, by reason',
      labelNames: ['camera', 'reason'],
      registers,
    });
    this.lastFragment = new Gauge({
      name: 'recorder_last_fragment_timestamp_seconds',
      help: 'Wall-clock end of the newest fragment',
      labelNames: ['camera'],
      registers,
    });
    this.bytesWritten = new Counter({
      name: 'recorder_bytes_written_total',
      help: 'Bytes of footage written',
      labelNames: ['camera'],
      registers,
    });
    this.fsync = new Histogram({
      name: 'recorder_fsync_seconds',
      help: 'How long the disk took to make footage safe from a power cut',
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers,
    });
    const aheadAtStartMs = clock.nowMs() - clock.monotonicMs();
    new Gauge({
      name: 'recorder_clock_offset_seconds',
      help: "By how much the machine's clock was set since the recorder started, beside a clock that nobody sets",
      registers,
      collect() {
        this.set((clock.nowMs() - clock.monotonicMs() - aheadAtStartMs) / 1000);
      },
    });
  }

  /** Nothing of the camera was counted yet. */
  begin(camera: string): void {
    const reasons = GAP_REASONS.map((reason) => ({ camera, reason }));
    fromZero(this.restarts, reasons);
    fromZero(this.gapSeconds, reasons);
    for (const counter of [this.bytesWritten, this.packetsLost, this.picturesDropped]) fromZero(counter, [{ camera }]);
  }

  async timeSync(sync: () => Promise<void>): Promise<void> {
    const begunMs = this.clock.monotonicMs();
    await sync();
    this.fsync.observe((this.clock.monotonicMs() - begunMs) / 1000);
  }

  state(camera: string, state: CameraState): void {
    for (const each of CAMERA_STATES) this.cameraState.set({ camera, state: each }, each === state ? 1 : 0);
  }

  source(camera: string, source: SourceName): void {
    for (const each of SOURCE_NAMES) if (each !== source) this.sources.remove({ camera, source: each });
    this.sources.set({ camera, source }, 1);
  }

  lost(camera: string, { packets, pictures }: StreamLosses): void {
    this.packetsLost.inc({ camera }, packets);
    this.picturesDropped.inc({ camera }, pictures);
  }

  fragment(camera: string, wallEndMs: number, sizeBytes: number): void {
    this.lastFragment.set({ camera }, wallEndMs / 1000);
    this.bytesWritten.inc({ camera }, sizeBytes);
  }

  restart(camera: string, reason: GapReason): void {
    this.restarts.inc({ camera, reason });
  }

  gap(camera: string, lengthMs: number, reason: GapReason): void {
    this.gapSeconds.inc({ camera, reason }, lengthMs / 1000);
  }

  /** The camera is no longer configured, so metrics of its present state go. Its counters stay. */
  forget(camera: string): void {
    for (const state of CAMERA_STATES) this.cameraState.remove({ camera, state });
    for (const source of SOURCE_NAMES) this.sources.remove({ camera, source });
    this.lastFragment.remove({ camera });
  }
}
