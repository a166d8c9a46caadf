// A camera with two streams: each is recorded by itself, and neither knows of the other's troubles.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@vr/base';
import { checkFootage, footageEnd, listSegments, readCameraState, readGaps } from '@vr/footage';
import {
  readTruth,
  startCamera,
  startWorker,
  temporaryFolder,
  until,
  type Camera,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';

const DEADLINE_MS = 40_000;

describe('a camera with a sub-stream', () => {
  let folder: TemporaryFolder;
  let recordings: string;
  let file: string;
  let main: Camera;
  let sub: Camera;
  let worker: WorkerProcess;

  const configure = (subUrl?: string): Promise<void> =>
    writeFile(
      file,
      JSON.stringify({ cameras: [{ id: 'cam_1', url: main.url(), ...(subUrl && { sub_url: subUrl }) }] }),
    );
  const start = async (): Promise<void> => {
    worker = await startWorker('recorder', {
      CAMERAS_FILE: file,
      RECORDINGS_DIR: recordings,
      NATS_URL: 'nats://127.0.0.1:9',
    });
  };
  const state = () => readCameraState(recordings, 'cam_1');
  const grows = async (track: string): Promise<void> => {
    const fromMs = Date.now();
    const what = `three more seconds of ${track}`;
    await until(async () => (await footageEnd(recordings, track, fromMs)) > fromMs + 3000, {
      what,
      deadlineMs: DEADLINE_MS,
    });
  };
  const gaps = async (track: string): Promise<string[]> =>
    (await readGaps(recordings, track, 0, Date.UTC(2100, 0))).map(({ reason }) => reason);

  /** A gap is written once its end cannot move any more. */
  const toldGaps = (track: string, fits: (reasons: string[]) => boolean): Promise<boolean> =>
    until(async () => fits(await gaps(track)), { what: `the gap of ${track}`, deadlineMs: DEADLINE_MS });

  beforeAll(async () => {
    folder = await temporaryFolder();
    recordings = join(folder.path, 'recordings');
    file = join(folder.path, 'cameras.yaml');
    main = await startCamera({ codec: 'h265' });
    sub = await startCamera({ user: 'admin', password: 'sub-p4ssword' });
    await configure(sub.url());
    await start();
  }, 120_000);
  afterAll(async () => {
    await worker.stop();
    await Promise.all([main, sub].map((camera) => camera.stop()));
    await folder.remove();
  });

  it('has both recorded, and says so of each', async () => {
    await Promise.all([grows('cam_1'), grows('cam_1.sub')]);
    expect(await state()).toMatchObject({
      state: 'recording',
      codec: expect.stringMatching(/^h265|^hevc/) as string,
      sub: { state: 'recording', codec: 'h264' },
    });
    const [segment] = await listSegments(recordings, 'cam_1.sub');
    expect(segment?.path).toContain('/cam_1.sub/');
    expect(segment?.fileName).toMatch(/^cam_1\.sub_\d{8}_/);
  });

  it('goes on with the main stream where the sub-stream is gone, and the reverse', async () => {
    await sub.kill();
    await until(async () => (await state())?.sub?.state === 'offline', {
      what: 'a sub-stream that is offline',
      deadlineMs: DEADLINE_MS,
    });
    await grows('cam_1');
    expect((await state())?.state).toBe('recording');
    await sub.start();
    await grows('cam_1.sub');
    await main.kill();
    await until(async () => (await state())?.state === 'offline', {
      what: 'a main stream that is offline',
      deadlineMs: DEADLINE_MS,
    });
    await grows('cam_1.sub');
    expect((await state())?.sub?.state).toBe('recording');
    await main.start();
    await grows('cam_1');
    for (const track of ['cam_1', 'cam_1.sub']) await toldGaps(track, (reasons) => reasons.length === 1);
  }, 200_000);

  it('follows CAMERAS_FILE: the sub-stream goes and comes, and the main stream has no gap', async () => {
    const before = await gaps('cam_1');
    await configure();
    await until(async () => (await state())?.sub === undefined, { what: 'no sub-stream', deadlineMs: DEADLINE_MS });
    await configure(sub.url());
    await grows('cam_1.sub');
    await toldGaps('cam_1.sub', (reasons) => reasons.at(-1) === 'camera_disabled');
    expect(await gaps('cam_1')).toEqual(before);
  }, 120_000);

  it('has the segments of both finished after a kill -9, with the gap of each', async () => {
    await worker.kill();
    await start();
    await Promise.all([grows('cam_1'), grows('cam_1.sub')]);
    for (const track of ['cam_1', 'cam_1.sub']) {
      await toldGaps(track, (reasons) => reasons.at(-1) === 'recorder_killed');
      const segments = await listSegments(recordings, track);
      expect(segments.filter(({ endMs }) => endMs === undefined)).toHaveLength(1);
      const [first] = segments;
      expect(first && (await readTruth(first.path)).length).toBeGreaterThan(0);
    }
    await worker.stop();
    const { findings } = await checkFootage({ recordingsDir: recordings, recorderStopped: true, clock: systemClock });
    expect(findings).toEqual([]);
    expect(worker.logs.join('\n')).not.toContain('sub-p4ssword');
  }, 120_000);
});
