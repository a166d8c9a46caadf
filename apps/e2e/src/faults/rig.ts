// A recorder as it really runs, one camera, and faults that can be measured: what the recorder says of a fault (state, reason,
// gaps.jsonl) is held against ground truth, which every recorded picture carries.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GapReason } from '@vr/contracts';
import { checkFootage, listSegments, readGaps, type Gap } from '@vr/footage';
import { systemClock } from '@vr/service';
import { readTruth, startWorker, temporaryFolder, until, type TemporaryFolder, type WorkerProcess } from '@vr/testing';

/** The promises. */
const RECORDING_AGAIN_WITHIN_MS = 15_000;
const GAP_WITHIN_MS = 1500;

export interface RigOptions {
  /** As in CAMERAS_FILE, the url aside. */
  camera?: Record<string, unknown>;
  environment?: Record<string, string>;
  recordingsDir?: string;
}

export class Rig {
  private constructor(
    private readonly folder: TemporaryFolder,
    readonly recordingsDir: string,
    readonly worker: WorkerProcess,
  ) {}

  static async start(url: string, o: RigOptions = {}): Promise<Rig> {
    const folder = await temporaryFolder();
    const recordingsDir = o.recordingsDir ?? join(folder.path, 'recordings');
    if (o.recordingsDir === undefined) await mkdir(recordingsDir);
    await writeFile(join(folder.path, 'cameras.yaml'), JSON.stringify({ cameras: [{ id: 'cam_1', url, ...o.camera }] }));
    const worker = await startWorker('recorder', {
      RECORDINGS_DIR: recordingsDir,
      CAMERAS_FILE: join(folder.path, 'cameras.yaml'),
      NATS_URL: 'nats://127.0.0.1:1', // nobody there: the recorder does without
      STALL_SECONDS: '4',
      FSYNC_SECONDS: '1',
      SEGMENT_SECONDS: '3600',
      ...o.environment,
    });
    return new Rig(folder, recordingsDir, worker);
  }

  /** Also after a failure. */
  async end(): Promise<void> {
    await this.worker.stop();
    await this.folder.remove();
  }

  /** Resolves once media of at least `forMs` after this call is written. */
  async recorded(forMs = 2500, deadlineMs = RECORDING_AGAIN_WITHIN_MS): Promise<void> {
    const sinceMs = Date.now();
    await until(async () => ((await this.lastFragmentMs()) ?? 0) >= sinceMs + forMs, { what: `footage of the next ${forMs} ms`, deadlineMs: deadlineMs + forMs });
  }

  /** Call it at the end of the fault. Within 15 s the camera is recorded again; then some more is. */
  async recovers(): Promise<void> {
    await this.recorded(0, RECORDING_AGAIN_WITHIN_MS);
    await this.recorded(1500);
  }

  async says(state: string, reason: GapReason | undefined, deadlineMs = 20_000): Promise<void> {
    const wanted = reason === undefined ? 'cameras recording' : `cam_1 ${state} (${reason})`;
    let sentence = 'nothing';
    await until(
      async () => {
        const answer = (await (await fetch(`${this.worker.httpUrl}/health/ready`)).json()) as { dependencies: Record<string, { sentence: string }> };
        sentence = answer.dependencies['cameras']?.sentence ?? 'nothing of cameras';
        return sentence.includes(wanted) && (await this.metric(`recorder_camera_state{camera="cam_1",state="${state}"}`)) === 1;
      },
      { what: `the recorder to say "${wanted}"`, deadlineMs },
    ).catch((error: unknown) => {
      throw new Error(`it says "${sentence}"; its log:\n${this.worker.logs.slice(-10).join('\n')}`, { cause: error });
    });
  }

  async metric(line: string): Promise<number | undefined> {
    const text = await (await fetch(`${this.worker.httpUrl}/metrics`)).text();
    const found = text.split('\n').find((each) => each.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.split(' ').at(-1));
  }

  private async lastFragmentMs(): Promise<number | undefined> {
    const seconds = await this.metric('recorder_last_fragment_timestamp_seconds{camera="cam_1"}');
    return seconds === undefined ? undefined : seconds * 1000;
  }

  /**
   * Stops the recorder and holds what it left against the truth: the check finds nothing wrong, no picture stands twice, and
   * the only hole in the pictures is the only gap, of the same length within 1.5 s, with this reason.
   */
  async provesOneGap(reason: GapReason): Promise<Gap> {
    const gaps = await this.provesClean();
    expect(gaps.map((gap) => gap.reason)).toEqual([reason]);
    const [gap] = gaps;
    const [hole, ...others] = await this.holes();
    if (!gap || !hole) throw new Error(`wanted one gap and one hole, got ${JSON.stringify({ gaps, hole })}`);
    expect(others).toEqual([]);
    expect(Math.abs(gap.endMs - gap.startMs - (hole.endMs - hole.startMs))).toBeLessThan(GAP_WITHIN_MS);
    expect(Math.abs(gap.startMs - hole.startMs)).toBeLessThan(GAP_WITHIN_MS);
    return gap;
  }

  /** Stops the recorder; what it left is clean, and no picture stands twice. */
  async provesClean(): Promise<Gap[]> {
    await this.worker.stop();
    const { findings } = await checkFootage({ recordingsDir: this.recordingsDir, recorderStopped: true, clock: systemClock });
    expect(findings).toEqual([]);
    return readGaps(this.recordingsDir, 'cam_1', 0, Date.now() + 3_600_000);
  }

  /** Where pictures are missing, by their own truth, for more than half a second. */
  private async holes(): Promise<{ startMs: number; endMs: number }[]> {
    const segments = await listSegments(this.recordingsDir, 'cam_1');
    const truth = (await Promise.all(segments.map(({ path }) => readTruth(path)))).flat();
    const holes: { startMs: number; endMs: number }[] = [];
    let before: number | undefined;
    for (const { wallMs } of truth) {
      if (before !== undefined && wallMs <= before) throw new Error(`the picture of ${new Date(wallMs).toISOString()} stands twice, or out of order`);
      if (before !== undefined && wallMs - before > 500) holes.push({ startMs: before, endMs: wallMs });
      before = wallMs;
    }
    return holes;
  }
}
