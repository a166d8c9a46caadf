// Cameras that get something wrong are recorded all the same. apps/e2e/src/proofs/cameras.ts has the whole matrix.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@vr/base';
import type { CameraStatus } from '@vr/contracts';
import { checkFootage, footageEnd, listSegments, readCameraState, readSegmentIndex } from '@vr/footage';
import {
  jumpsIn,
  readPictures,
  readTruth,
  runToEnd,
  startFaultCameras,
  startWorker,
  temporaryFolder,
  until,
} from '@vr/testing';
import type { CameraFaults, FaultCameras, TemporaryFolder, WorkerProcess } from '@vr/testing';

/**
 * The error of a stamp that remains if nothing delays the pictures. A picture lasts 40 ms, and a second in `slow`.
 */
const EXACT_MS = 20;

const FAULTS = {
  plain: {},
  slow: { statedFps: 1, sentFps: 1, gopSeconds: 0.08 },
  h265: { codec: 'h265' },
  reordered: { bFrames: 2 },
  // With sound, ffmpeg asks for two tracks and takes all times from the reports.
  sound: { secondTrack: 'audio', reports: 'stuck' },
  jumping: { secondTrack: 'audio', jumpSeconds: 100, jumpAfterSeconds: 4 },
  vp8: { codec: 'vp8' },
  mjpeg: { codec: 'mjpeg' },
} satisfies Record<string, CameraFaults>;
type Name = keyof typeof FAULTS;
const WITH_SOUND: readonly Name[] = ['sound', 'jumping'];
/** `jumping` is read for its pictures alone by then. */
const NATIVE: readonly Name[] = ['plain', 'slow', 'h265', 'jumping'];
/** Codecs that it does not know, and B-frames. */
const OTHERS_WITHOUT_SOUND: readonly Name[] = ['reordered', 'vp8', 'mjpeg'];
const NAMES = Object.keys(FAULTS) as Name[];

describe.each(['ffmpeg', 'auto'] as const)('cameras that send what they should not, with SOURCE=%s', (source) => {
  let folder: TemporaryFolder;
  let recordings: string;
  let cameras: FaultCameras;
  let worker: WorkerProcess;
  let vp8: CameraStatus | undefined;
  let mjpeg: CameraStatus | undefined;
  let metrics = '';
  const state = (name: Name) => readCameraState(recordings, name);
  const said = (name: Name, words: string): string[] =>
    worker.logs.filter((line) => line.includes(`"${name}"`) && line.includes(words));

  beforeAll(async () => {
    folder = await temporaryFolder();
    recordings = join(folder.path, 'recordings');
    cameras = await startFaultCameras(FAULTS);
    const file = join(folder.path, 'cameras.yaml');
    await writeFile(
      file,
      JSON.stringify({
        cameras: NAMES.map((id) => ({ id, url: cameras.url(id), audio: WITH_SOUND.includes(id) ? 'on' : 'off' })),
      }),
    );
    worker = await startWorker('recorder', {
      CAMERAS_FILE: file,
      RECORDINGS_DIR: recordings,
      NATS_URL: 'nats://127.0.0.1:9',
      SOURCE: source,
    });
    await until(async () => (await state('jumping'))?.reason === 'sound_left_out', {
      what: 'sound that is left out',
      deadlineMs: 60_000,
    });
    const fromMs = Date.now();
    await until(async () => (await footageEnd(recordings, 'sound', fromMs)) > fromMs + 5000, {
      what: 'pictures with sound',
      deadlineMs: 30_000,
    });
    [vp8, mjpeg] = await Promise.all([state('vp8'), state('mjpeg')]);
    metrics = await (await fetch(`${worker.httpUrl}/metrics`)).text();
    await worker.stop();
  }, 120_000);
  afterAll(async () => {
    await cameras.stop();
    await folder.remove();
  });

  /** The stamp of each picture as a player shows it, minus the instant at which the camera saw it. */
  async function stampErrors(name: Name): Promise<number[]> {
    const errors: number[] = [];
    for (const { path, startMs } of await listSegments(recordings, name)) {
      const truth = (await readTruth(path)).sort((a, b) => a.frame - b.frame);
      // When the recorder is told to stop, it may cut the last group of B-frames in two.
      const whole = name === 'reordered' ? truth.slice(0, -3) : truth;
      expect(jumpsIn(whole)).toEqual([]);
      const pictures = await readPictures(path);
      errors.push(...whole.map(({ wallMs }, i) => startMs + (pictures[i]?.ptsSeconds ?? NaN) * 1000 - wallMs));
    }
    return errors.sort((a, b) => a - b);
  }

  it.each(['plain', 'slow', 'h265', 'reordered'] as const)(
    '%s: stamps are those of the pictures, and not a picture late',
    async (name) => {
      const errors = await stampErrors(name);
      expect(errors.length).toBeGreaterThan(10);
      expect(Math.abs(errors[Math.floor(errors.length / 2)] ?? NaN)).toBeLessThan(EXACT_MS);
    },
  );

  /** Says of each segment, in order, whether it has sound. */
  async function haveSound(name: Name): Promise<boolean[]> {
    const asked = ['-v', 'error', '-show_entries', 'stream=codec_type', '-of', 'csv=p=0'];
    const segments = await listSegments(recordings, name);
    const codecs = await Promise.all(segments.map(({ path }) => runToEnd('ffprobe', [...asked, path])));
    return codecs.map(({ stdout }) => stdout.toString().includes('audio'));
  }

  it('sound: reports that stand still cost neither a picture nor the sound', async () => {
    expect(await haveSound('sound')).toEqual([true]);
    const [segment] = await listSegments(recordings, 'sound');
    const pictures = await readTruth(segment?.path ?? '');
    expect(jumpsIn(pictures)).toEqual([]);
    expect(pictures.length).toBeGreaterThan(200); // several reports
    expect((await state('sound'))?.reason).toBe('recorder_stopped');
    expect(said('sound', 'stream ended')).toEqual([]);
  });

  it('jumping: after stamps break the time line twice, sound is left out, and state and log say so', async () => {
    expect(said('jumping', 'recorded without sound')).toHaveLength(1);
    expect((await haveSound('jumping')).slice(0, 3)).toEqual([true, true, false]);
  });

  it('is read by ffmpeg where it is named, and by the native source where that can, and says so', async () => {
    const wanted = NAMES.map((name) => [name, NATIVE.includes(name) && source === 'auto' ? 'native' : 'ffmpeg']);
    for (const [name, by] of wanted)
      expect(metrics).toContain(`recorder_source_info{camera="${name}",source="${by}"} 1`);
    expect(metrics.match(/^recorder_source_info\{/gm)).toHaveLength(NAMES.length);
    const states = await Promise.all(NAMES.map(async (name) => [name, (await state(name))?.source]));
    expect(states).toEqual(wanted);
    expect(worker.logs.filter((line) => line.includes('ffmpeg reads the camera'))).toHaveLength(
      source === 'auto' ? OTHERS_WITHOUT_SOUND.length : 0,
    );
  });

  it('vp8: the state says what cannot be recorded, and it is not tried again at once', async () => {
    expect(vp8).toMatchObject({ state: 'unsupported_codec', reason: 'vp8', codec: 'vp8' });
    // The native source does not know it, nor does ffmpeg.
    expect(said('vp8', 'stream ended')).toHaveLength(source === 'auto' ? 2 : 1);
    expect(said('vp8', 'stream ended')[0]).toContain('"unsupported_codec"');
  });

  it('mjpeg: is recorded, and is called what it is', async () => {
    expect(mjpeg).toMatchObject({ state: 'recording', codec: 'mjpeg' });
    const [segment, ...others] = await listSegments(recordings, 'mjpeg');
    expect(others).toEqual([]);
    // Every picture is a key frame. A fragment for each would make 90,000 headers an hour.
    const fragments = (segment && (await readSegmentIndex(segment)).fragments) ?? [];
    expect(fragments.length).toBeGreaterThan(1);
    for (const { startMs, endMs } of fragments.slice(0, -1)) expect(endMs - startMs).toBeGreaterThan(450);
  });

  it('`footage check` finds nothing', async () => {
    const { findings } = await checkFootage({ recordingsDir: recordings, recorderStopped: true, clock: systemClock });
    expect(findings).toEqual([]);
  });
});
