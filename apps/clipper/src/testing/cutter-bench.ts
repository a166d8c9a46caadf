import type { Clock } from '@vr/base';
import { cameraId, clipId, type ClipJob } from '@vr/contracts';
import { ClipFolder } from '@vr/library';
import { Pictures } from '@vr/pictures';
import { FRAMES_PER_SECOND, type TestStream } from '@vr/recorded';
import { HealthRegistry } from '@vr/service';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { ClipCutter } from '../clip/clip-cutter';
import { ClipRoom } from '../clip/clip-room';
import type { ClipperConfig } from '../config';

export const FRAME_MS = 1000 / FRAMES_PER_SECOND;
/** Second 0 of the test stream. */
export const ZERO = Date.UTC(2026, 10, 23, 12, 0, 0);
const clock: Clock = { nowMs: () => ZERO + 3_600_000, monotonicMs: () => performance.now() };
export const run = { signal: new AbortController().signal, log: () => undefined };
const logger = { warn: () => undefined };

export function job(startMs: number, endMs: number, momentMs = (startMs + endMs) / 2): ClipJob {
  return {
    clipId: clipId.parse('event_cam_1_1795435200.000'),
    identity: 'x',
    eventId: 'e-1',
    eventType: 'person',
    cameraId: cameraId.parse('cam_1'),
    source: { a: 1 },
    timestampMs: ZERO + momentMs,
    startMs: ZERO + startMs,
    endMs: ZERO + endMs,
  };
}

/** A cutter on a disk of its own, and a recorder of the test stream. */
export class CutterBench {
  readonly recordingsDir: string;
  readonly clipsDir: string;
  readonly folder: ClipFolder;
  readonly cutter: ClipCutter;
  roomSettings: ConstructorParameters<typeof ClipRoom>[0];
  /** The readiness of the cutter that was made last. */
  health = new HealthRegistry();

  private constructor(
    readonly stream: TestStream,
    private readonly disk: TemporaryFolder,
  ) {
    this.recordingsDir = `${disk.path}/recordings`;
    this.clipsDir = `${disk.path}/clips`;
    this.folder = new ClipFolder(this.clipsDir, logger);
    this.roomSettings = {
      CLIPS_DIR: this.clipsDir,
      RECORDINGS_DIR: this.recordingsDir,
      OBJECTS_DIR: `${disk.path}/objects`,
      CLIPS_BUCKET: 'clips',
      CLIPS_MAX_GB: 1,
      DISK_HIGH_PERCENT: 100,
      DISK_MIN_FREE_GB: 0,
    };
    this.cutter = this.cutterWith({});
  }

  static async begin(stream: TestStream): Promise<CutterBench> {
    return new CutterBench(stream, await temporaryFolder());
  }

  get path(): string {
    return this.disk.path;
  }

  cutterWith(settings: Partial<ClipperConfig>, at: Clock = clock): ClipCutter {
    this.health = new HealthRegistry();
    return new ClipCutter(
      {
        RECORDINGS_DIR: this.recordingsDir,
        CLIPS_BUCKET: 'clips',
        CLIP_CUT: 'keyframe',
        CLIP_CODEC: 'copy',
        CLIP_MIXED: 'encode',
        ...settings,
      },
      at,
      this.folder,
      new Pictures({ recordingsDir: this.recordingsDir, clock, decoders: 2 }),
      new ClipRoom(this.roomSettings, clock, this.health),
      logger,
    );
  }

  record(fromSecond: number, toSecond: number, end: 'closed' | 'open' = 'closed'): Promise<unknown> {
    return this.stream.record(this.recordingsDir, 'cam_1', ZERO, fromSecond, toSecond, end);
  }

  wantedPictures(fromMs: number, toMs: number): string[] {
    return this.stream.pictures.slice(Math.ceil(fromMs / FRAME_MS), Math.ceil(toMs / FRAME_MS));
  }

  remove(): Promise<void> {
    return this.disk.remove();
  }
}
