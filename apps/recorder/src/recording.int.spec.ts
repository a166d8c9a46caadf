import type { CameraConfig, CameraState, Clock, GapReason } from '@vr/contracts';
import { listSegments, readGaps, readSegmentIndex } from '@vr/footage';
import { systemClock } from '@vr/service';
import { jumpsIn, readTruth, runToEnd, startCamera, temporaryFolder, until, type Camera, type TemporaryFolder } from '@vr/testing';
import type { CameraEvents } from './camera/camera-events';
import { CameraRecording } from './camera/camera-recording';
import { FfmpegCameraSource } from './camera/camera-source.adapter';
import { BufferPool } from './footage/buffer-pool';
import { FootageLog } from './footage/footage-log';
import { RecordingsVolume } from './footage/recordings-volume';

/** Keeps what a camera's recording said. */
class Witness implements CameraEvents {
  readonly states: [CameraState, string | undefined][] = [];
  readonly gaps: GapReason[] = [];
  recordedMs = 0;
  state(_: string, state: CameraState, reason?: string): void {
    this.states.push([state, reason]);
  }
  stream(): void {
    return;
  }
  fragment(_: string, { mediaMs }: { mediaMs: number }): void {
    this.recordedMs += mediaMs;
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
  gap(_: string, __: number, reason: GapReason): void {
    this.gaps.push(reason);
  }
  saw(state: CameraState, reason?: string): boolean {
    return this.states.some(([s, r]) => s === state && r === reason);
  }
}

describe('recording a camera', () => {
  let folder: TemporaryFolder;
  let camera: Camera;
  let recording: CameraRecording | undefined;
  let witness: Witness;
  let clock: Clock;

  beforeEach(async () => {
    clock = systemClock;
    folder = await temporaryFolder();
    camera = await startCamera({ cameras: [1] });
    witness = new Witness();
  });
  afterEach(async () => {
    await recording?.stop('recorder_stopped');
    recording = undefined;
    await camera.stop();
    await folder.remove();
  });

  function record(o: { url?: string; segmentMs?: number; stallMs?: number } = {}): void {
    const config: CameraConfig = { id: 'cam_1', url: o.url ?? camera.url(1), enabled: true, transport: 'tcp', audio: 'off' };
    const log = new FootageLog({
      volume: new RecordingsVolume(folder.path, false),
      cameraId: config.id,
      segmentMs: o.segmentMs ?? 60_000,
      syncMs: 1000,
      onGap: (lengthMs, reason) => witness.gap(config.id, lengthMs, reason),
      onRecovered: () => undefined,
    });
    const source = new FfmpegCameraSource();
    recording = new CameraRecording({
      camera: config,
      source,
      log,
      events: witness,
      clock,
      pool: new BufferPool(),
      stallMs: o.stallMs ?? 10_000,
      bufferBytes: 32_000_000,
    });
    recording.start();
  }

  const recorded = (ms: number): Promise<boolean> => until(() => witness.recordedMs >= ms, { what: `${ms} ms of footage`, deadlineMs: ms + 20_000 });
  const stop = async (): Promise<void> => {
    await recording?.stop('recorder_stopped');
    recording = undefined;
  };

  it('rolls segments at key frames without losing or doubling a frame, and stamps them truly', async () => {
    record({ segmentMs: 3000 });
    await recorded(13_000);
    await stop();
    const segments = await listSegments(folder.path, 'cam_1');
    expect(segments.length).toBeGreaterThanOrEqual(4);
    const truth = (await Promise.all(segments.map(({ path }) => readTruth(path)))).flat();
    expect(jumpsIn(truth)).toEqual([]);
    for (const segment of segments) {
      const [first] = await readTruth(segment.path);
      const { fragments } = await readSegmentIndex(segment);
      expect(Math.abs((fragments[0]?.startMs ?? 0) - (first?.wallMs ?? 0))).toBeLessThan(150);
      expect((await runToEnd('ffprobe', ['-v', 'warning', '-show_entries', 'format=duration', segment.path])).stderr).toBe('');
    }
    segments.slice(1).forEach((segment, i) => expect(segment.startMs - (segments[i]?.endMs ?? 0)).toBe(0));
  });

  it('notices a stream that stalls while RTSP lives, and writes the gap with its reason and true length', async () => {
    record({ stallMs: 3000 });
    await recorded(4000);
    await camera.stall();
    await until(() => witness.saw('stalled', 'camera_stalled'), { what: 'the stall to be noticed', deadlineMs: 10_000 });
    const before = witness.recordedMs;
    await camera.resume();
    await recorded(before + 3000);
    await stop();
    const [gap, ...others] = await readGaps(folder.path, 'cam_1', 0, Date.now());
    expect(others).toEqual([]);
    const truth = (await Promise.all((await listSegments(folder.path, 'cam_1')).map(({ path }) => readTruth(path)))).flat();
    const [jump] = jumpsIn(truth);
    const next = truth.find(({ wallMs }) => wallMs > (jump?.afterMs ?? 0));
    expect(gap?.reason).toBe('camera_stalled');
    expect(Math.abs((gap?.endMs ?? 0) - (gap?.startMs ?? 0) - ((next?.wallMs ?? 0) - (jump?.afterMs ?? 0)))).toBeLessThan(1500);
    expect(witness.gaps).toEqual(['camera_stalled']);
  });

  it('records again after the camera was killed and came back', async () => {
    record();
    await recorded(2000);
    await camera.kill();
    await until(() => witness.states.some(([state]) => state === 'offline'), { what: 'the loss to be noticed', deadlineMs: 20_000 });
    const before = witness.recordedMs;
    await camera.restart();
    await recorded(before + 2000);
    await stop();
    expect(await listSegments(folder.path, 'cam_1')).toHaveLength(2);
  });

  it.each([
    ['refuses', () => 'rtsp://127.0.0.1:9/cam1', 'camera_refused'],
    ['wants another password', () => camera.url(1).replace(':camera1@', ':wrong@'), 'camera_unauthorized'],
    ['does not have the stream', () => camera.url(1).replace('/cam1', '/nothing'), 'camera_not_found'],
  ])('says so of a camera that %s', async (_, url, reason) => {
    record({ url: url() });
    await until(() => witness.saw('offline', reason), { what: reason, deadlineMs: 15_000 });
    expect(await listSegments(folder.path, 'cam_1')).toEqual([]);
  });
});
