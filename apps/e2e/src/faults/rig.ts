// A recorder as it really runs, one camera, and faults that can be measured. The tests compare what the recorder says
// of a fault (state, reason, gaps.jsonl) with the ground truth, which every recorded picture carries.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@vr/base';
import type { CameraState, GapReason } from '@vr/contracts';
import { checkFootage, listSegments, readGaps, type Gap } from '@vr/footage';
import { readTruth, startWorker, temporaryFolder, until, type TemporaryFolder, type WorkerProcess } from '@vr/testing';

/** What we promise. */
const RECORDING_AGAIN_WITHIN_MS = 15_000;
const GAP_WITHIN_MS = 1500;

export interface RigOptions {
  /** The camera's entry in CAMERAS_FILE, without the url. */
  camera?: Record<string, unknown>;
  environment?: Record<string, string>;
  recordingsDir?: string;
  /** The words in front of the recorder's command; see startWorker. */
  within?: readonly string[];
}

const CAMERA = 'cam_1';

interface Span {
  startMs: number;
  endMs: number;
}
const differenceMs = (one: Span, other: Span): number =>
  Math.max(Math.abs(one.startMs - other.startMs), Math.abs(one.endMs - one.startMs - (other.endMs - other.startMs)));

export class Rig {
  private constructor(
    private readonly folder: TemporaryFolder,
    readonly recordingsDir: string,
    private readonly launch: () => Promise<WorkerProcess>,
    private process: WorkerProcess,
  ) {}

  /** A recorder of `cam_1`. */
  static async start(url: string, o: RigOptions = {}): Promise<Rig> {
    const folder = await temporaryFolder();
    const recordingsDir = o.recordingsDir ?? join(folder.path, 'recordings');
    if (o.recordingsDir === undefined) await mkdir(recordingsDir);
    const environment = {
      RECORDINGS_DIR: recordingsDir,
      CAMERAS_FILE: join(folder.path, 'cameras.yaml'),
      NATS_URL: 'nats://127.0.0.1:1', // nobody there: the recorder does without
      STALL_SECONDS: '4',
      FSYNC_SECONDS: '1',
      SEGMENT_SECONDS: '3600',
      ...o.environment,
    };
    await writeFile(environment.CAMERAS_FILE, JSON.stringify({ cameras: [{ id: CAMERA, url, ...o.camera }] }));
    const launch = (): Promise<WorkerProcess> => startWorker('recorder', environment, o.within);
    return new Rig(folder, recordingsDir, launch, await launch());
  }

  get worker(): WorkerProcess {
    return this.process;
  }

  /** Starts another recorder after one that ended. */
  async restart(): Promise<void> {
    this.process = await this.launch();
  }

  /** Rewrites CAMERAS_FILE; the recorder looks at it once a second. */
  configure(cameras: unknown): Promise<void> {
    return writeFile(join(this.folder.path, 'cameras.yaml'), JSON.stringify({ cameras }));
  }

  /** Ends everything, also after a failure. */
  async end(): Promise<void> {
    await this.worker.stop();
    await this.folder.remove();
  }

  /** Resolves once media of at least `forMs` after this call is written. */
  async recorded(forMs = 2500, { cameraId = CAMERA, deadlineMs = RECORDING_AGAIN_WITHIN_MS } = {}): Promise<void> {
    const sinceMs = Date.now();
    await until(async () => ((await this.lastFragmentMs(cameraId)) ?? 0) >= sinceMs + forMs, {
      what: `footage of the next ${forMs} ms`,
      deadlineMs: deadlineMs + forMs,
    });
  }

  /** Call it at the end of the fault. The camera must be recorded again within 15 s, and then for a while. */
  async recovers(cameraId = CAMERA): Promise<void> {
    await this.recorded(0, { cameraId });
    await this.recorded(1500, { cameraId });
  }

  /** @param reasons any of them */
  async says(
    state: CameraState,
    reasons: GapReason | readonly GapReason[],
    { cameraId = CAMERA, deadlineMs = 20_000 } = {},
  ): Promise<void> {
    const wanted = [reasons].flat().map((reason) => `${cameraId} ${state} (${reason})`);
    let said = 'nothing';
    await until(
      async () => {
        said = await this.sentence('cameras');
        return (
          wanted.some((words) => said.includes(words)) &&
          (await this.metric(`recorder_camera_state{camera="${cameraId}",state="${state}"}`)) === 1
        );
      },
      { what: `the recorder to say "${wanted.join('" or "')}"`, deadlineMs },
    ).catch((error: unknown) => {
      throw new Error(`it says "${said}"; its log:\n${this.worker.logs.slice(-10).join('\n')}`, { cause: error });
    });
  }

  /** What /health/ready says of one of the recorder's dependencies. */
  async sentence(dependency: string): Promise<string> {
    const answer = (await (await fetch(`${this.worker.httpUrl}/health/ready`)).json()) as {
      dependencies: Record<string, { sentence: string }>;
    };
    return answer.dependencies[dependency]?.sentence ?? `nothing of ${dependency}`;
  }

  async metric(line: string): Promise<number | undefined> {
    const text = await (await fetch(`${this.worker.httpUrl}/metrics`)).text();
    const found = text.split('\n').find((each) => each.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.split(' ').at(-1));
  }

  private async lastFragmentMs(cameraId: string): Promise<number | undefined> {
    const seconds = await this.metric(`recorder_last_fragment_timestamp_seconds{camera="${cameraId}"}`);
    return seconds === undefined ? undefined : seconds * 1000;
  }

  /**
   * Stops the recorder and compares what it left with the truth. The check finds nothing wrong, and no picture stands
   * twice. The only hole in the pictures is the only gap: of the same length within 1.5 s, and with this reason.
   */
  async provesOneGap(reason: GapReason): Promise<Gap> {
    const [gap] = await this.provesGaps([reason]);
    if (!gap) throw new Error('wanted a gap');
    return gap;
  }

  /** Proves the same as provesOneGap, for as many gaps as there were interruptions. */
  async provesGaps(reasons: readonly GapReason[], cameraId = CAMERA): Promise<Gap[]> {
    const gaps = await this.provesClean(cameraId);
    expect(gaps.map((gap) => gap.reason)).toEqual(reasons);
    const holes = await this.holes(cameraId);
    const fits = (one: Span, other: Span): boolean => differenceMs(one, other) < GAP_WITHIN_MS;
    const untold = holes.filter((hole) => !gaps.some((gap) => fits(gap, hole)));
    // A gap's length may be wrong by so much. A gap that is shorter than that needs no hole.
    const untrue = gaps.filter(
      (gap) => gap.endMs - gap.startMs >= GAP_WITHIN_MS && !holes.some((hole) => fits(gap, hole)),
    );
    expect({ untold, untrue }).toEqual({ untold: [], untrue: [] });
    return gaps;
  }

  /** Stops the recorder. Expects that what it left is clean, and that no picture stands twice. */
  async provesClean(cameraId = CAMERA): Promise<Gap[]> {
    await this.worker.stop();
    const { findings } = await checkFootage({
      recordingsDir: this.recordingsDir,
      recorderStopped: true,
      clock: systemClock,
    });
    expect(findings).toEqual([]);
    return readGaps(this.recordingsDir, cameraId, 0, Date.now() + 3_600_000);
  }

  /** Holes of more than half a second, by the truth in the pictures. */
  private async holes(cameraId: string): Promise<Span[]> {
    const segments = await listSegments(this.recordingsDir, cameraId);
    const truth = (await Promise.all(segments.map(({ path }) => readTruth(path)))).flat();
    const holes: Span[] = [];
    let before: number | undefined;
    for (const { wallMs } of truth) {
      if (before !== undefined && wallMs <= before)
        throw new Error(`the picture of ${new Date(wallMs).toISOString()} stands twice, or out of order`);
      if (before !== undefined && wallMs - before > 500) holes.push({ startMs: before, endMs: wallMs });
      before = wallMs;
    }
    return holes;
  }
}
