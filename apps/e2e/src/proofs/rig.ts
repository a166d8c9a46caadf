// Every proof stands on simulated cameras, a NATS server, and the built recorder as it really runs. Their folder goes
// when they end.
import { join } from 'node:path';
import {
  spawnWorker,
  startCamera,
  startNats,
  temporaryFolder,
  until,
  type Camera,
  type WorkerProcess,
} from '@vr/testing';

export interface Rig {
  folder: string;
  recordingsDir: string;
  cameraIds: string[];
  /** processes of the simulator, up to four cameras each */
  simulators: Camera[];
  /** where the camera really is, also where the recorder takes another way to it */
  url(cameraId: string): string;
  /** Starts a recorder and waits for nothing. */
  spawnRecorder(): Promise<WorkerProcess>;
  /** Ends it with the rig, before what the rig started earlier. */
  keep(end: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

export interface RigOptions {
  cameras: number;
  gopSeconds: number;
  size?: string;
  /** of the recorder, beside its cameras, NATS and folder */
  environment?: Record<string, string>;
  /** The URL by which the recorder reaches a camera, where it is not the camera's own. */
  way?: (url: string, cameraNumber: number, rig: Pick<Rig, 'keep'>) => Promise<string>;
}

/** Any number of cameras shows the same four films, and no simulator is a bottleneck. */
const CAMERAS_A_SIMULATOR = 4;

export async function startRig(o: RigOptions): Promise<Rig> {
  const ends: (() => Promise<unknown>)[] = [];
  const keep = (end: () => Promise<unknown>): void => void ends.unshift(end);
  const stop = async (): Promise<void> => {
    for (let end = ends.shift(); end; end = ends.shift()) await end();
  };
  try {
    const folder = await temporaryFolder('proof');
    keep(() => folder.remove());
    const nats = await startNats();
    keep(() => nats.stop());
    const numbers = Array.from({ length: o.cameras }, (_, i) => i + 1);
    const start = async (first: number): Promise<Camera> => {
      const cameras = numbers.filter((n) => n >= first && n < first + CAMERAS_A_SIMULATOR).map((n) => n - first + 1);
      const size = o.size === undefined ? {} : { size: o.size };
      const simulator = await startCamera({ cameras, gopSeconds: o.gopSeconds, auth: 'none', ...size });
      keep(() => simulator.stop());
      return simulator;
    };
    // The first one draws the films that are not there yet. Else each of them would draw the same.
    const [first = 1, ...others] = numbers.filter((n) => n % CAMERAS_A_SIMULATOR === 1);
    const simulators = [await start(first), ...(await Promise.all(others.map(start)))];
    const straight = new Map(numbers.map((n) => [`cam_${n}`, urlOf(simulators, n)]));
    const taken = new Map<string, string>();
    for (const n of numbers)
      taken.set(`CAMERA_CAM_${n}_URL`, await (o.way ?? straightOn)(urlOf(simulators, n), n, { keep }));
    const recordingsDir = join(folder.path, 'recordings');
    const environment = {
      NATS_URL: nats.url,
      RECORDINGS_DIR: recordingsDir,
      LOG_LEVEL: 'warn',
      ...Object.fromEntries(taken),
      ...o.environment,
    };
    return {
      folder: folder.path,
      recordingsDir,
      cameraIds: [...straight.keys()],
      simulators,
      url: (cameraId) => straight.get(cameraId) ?? '',
      spawnRecorder: async () => {
        const recorder = await spawnWorker('recorder', environment);
        keep(() => recorder.kill());
        return recorder;
      },
      keep,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const straightOn = (url: string): Promise<string> => Promise.resolve(url);

function urlOf(simulators: readonly Camera[], cameraNumber: number): string {
  const at = cameraNumber - 1;
  return simulators[Math.floor(at / CAMERAS_A_SIMULATOR)]?.url((at % CAMERAS_A_SIMULATOR) + 1) ?? '';
}

/** Waits until the recorder says that all cameras record. */
export async function untilAllRecord(recorder: WorkerProcess, count: number, deadlineMs = 60_000): Promise<void> {
  let said = 'nothing';
  await until(
    async () => {
      const answer = (await (
        await fetch(`${recorder.httpUrl}/health/ready`, { signal: AbortSignal.timeout(5000) })
      ).json()) as Health;
      said = answer.dependencies?.['cameras']?.sentence ?? JSON.stringify(answer);
      return said.startsWith(`${count} of ${count} `);
    },
    { what: `${count} cameras that record`, deadlineMs },
  ).catch((error: unknown) => {
    throw new Error(`the recorder says: ${said}`, { cause: error });
  });
}

interface Health {
  dependencies?: Record<string, { sentence?: string }>;
}

/** Every sample of /metrics, by its name and labels as they stand there. */
export async function readMetrics(recorder: WorkerProcess): Promise<Map<string, number>> {
  const text = await (await fetch(`${recorder.httpUrl}/metrics`, { signal: AbortSignal.timeout(5000) })).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}
