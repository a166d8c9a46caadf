// Records a simulated camera in this process, for tests that control the recorder's clock.
import { systemClock, type Clock } from '@vr/base';
import { cameraConfig, type CameraConfig, type CameraState, type SourceName } from '@vr/contracts';
import { checkFootage, listSegments, readGaps, type Finding, type Gap, type Segment } from '@vr/footage';
import { readTruth, startCamera, temporaryFolder, until, type Camera, type TemporaryFolder } from '@vr/testing';
import type { CameraEvents, WrittenFragment } from '../camera/camera-events';
import { CameraRecording } from '../camera/camera-recording';
import type { StreamLosses } from '../camera/camera-source';
import { ChosenCameraSource } from '../camera/chosen-camera-source';
import { FfmpegCameraSource } from '../camera/ffmpeg-camera-source';
import { Turnstile } from '../camera/turnstile';
import { BlockPool } from '../footage/block-pool';
import { FootageLog } from '../footage/footage-log';
import { RecordingsVolume } from '../footage/recordings-volume';

export interface RecordOptions {
  clock: Clock;
  segmentMs?: number;
  stallMs?: number;
  source?: CameraConfig['source'];
  /** Where the recorder reaches the camera, if not at its own URL. */
  url?: string;
}

export class RecordedCamera implements CameraEvents {
  readonly states: [CameraState, string | undefined][] = [];
  readonly sources: SourceName[] = [];
  readonly losses: StreamLosses = { packets: 0, pictures: 0 };
  recordedMs = 0;
  private recording: CameraRecording | undefined;

  private constructor(
    private readonly folder: TemporaryFolder,
    readonly camera: Camera,
  ) {}

  static async start(): Promise<RecordedCamera> {
    return new RecordedCamera(await temporaryFolder(), await startCamera());
  }

  get recordingsDir(): string {
    return this.folder.path;
  }

  record({ clock, segmentMs = 60_000, stallMs = 10_000, source, url }: RecordOptions): void {
    const camera = cameraConfig.parse({ id: 'cam_1', url: url ?? this.camera.url(1), source });
    const volume = new RecordingsVolume(this.folder.path, false);
    const deaf = { onGap: () => undefined, onTimes: () => undefined, onRecovered: () => undefined };
    const log = new FootageLog({ volume, cameraId: camera.id, segmentMs, syncMs: 1000, ...deaf });
    this.recording = new CameraRecording({
      camera,
      source: new ChosenCameraSource(new FfmpegCameraSource(), { SOURCE: 'ffmpeg', ENCODER: 'copy' }, systemClock),
      log,
      events: this,
      clock,
      pool: new BlockPool(),
      turnstile: new Turnstile(clock),
      stallMs,
      bufferBytes: 32_000_000,
    });
    this.recording.start();
  }

  /** Resolves once the recording has written so much more media. */
  async recorded(ms: number): Promise<void> {
    const wantedMs = this.recordedMs + ms;
    await until(() => this.recordedMs >= wantedMs, { what: `${ms} ms of footage`, deadlineMs: ms + 20_000 });
  }

  async stop(): Promise<void> {
    await this.recording?.stop('recorder_stopped');
    this.recording = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.camera.stop();
    await this.folder.remove();
  }

  segments(): Promise<Segment[]> {
    return listSegments(this.folder.path, 'cam_1');
  }

  gaps(): Promise<Gap[]> {
    return readGaps(this.folder.path, 'cam_1', 0, Date.UTC(2100, 0));
  }

  /** Gives the instant at which the camera really made each recorded picture, in the order of the files. */
  async truth(): Promise<number[]> {
    return (await Promise.all((await this.segments()).map(({ path }) => readTruth(path))))
      .flat()
      .map(({ wallMs }) => wallMs);
  }

  async findings(clock: Clock): Promise<Finding[]> {
    return (await checkFootage({ recordingsDir: this.folder.path, recorderStopped: true, clock })).findings;
  }

  state(_: string, state: CameraState, reason?: string): void {
    this.states.push([state, reason]);
  }
  fragment(_: string, { mediaMs }: WrittenFragment): void {
    this.recordedMs += mediaMs;
  }
  gap(): void {
    return;
  }
  lost(_: string, { packets, pictures }: StreamLosses): void {
    this.losses.packets += packets;
    this.losses.pictures += pictures;
  }
  readBy(_: string, source: SourceName): void {
    this.sources.push(source);
  }
  stream(): void {
    return;
  }
  restart(): void {
    return;
  }
  refused(): void {
    return;
  }
  recovered(): void {
    return;
  }
  adapted(): void {
    return;
  }
}
