import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraId, EXPORTS_FOLDER, exportIdOf, exportQueueName, type ExportJob } from '@vr/contracts';
import { listSegments } from '@vr/footage';
import { TestStream } from '@vr/recorded';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { ExportMaker, type ExportRun } from './export-maker';
import { ExportProcessor } from './export-processor';

const START_MS = Date.UTC(2026, 10, 23, 2, 15);
const camera = cameraId.parse('cam_1');
const job: ExportJob = {
  exportId: exportIdOf(camera, START_MS, START_MS + 12_000),
  cameraId: camera,
  startMs: START_MS,
  endMs: START_MS + 12_000,
};
const clock = { nowMs: () => START_MS + 3_600_000, monotonicMs: () => performance.now() };

describe('the maker of exports', () => {
  let folder: TemporaryFolder;
  let maker: ExportMaker;
  const run: ExportRun = { check: () => undefined, progress: () => undefined };
  const left = (): Promise<string[]> => readdir(join(folder.path, 'clips', EXPORTS_FOLDER));

  beforeEach(async () => {
    folder = await temporaryFolder('exports');
    const config = { CLIPS_DIR: join(folder.path, 'clips'), RECORDINGS_DIR: join(folder.path, 'recordings') };
    maker = new ExportMaker({ ...config, EXPORTS_MAX_GB: 1, DISK_HIGH_PERCENT: 100, DISK_MIN_FREE_GB: 0 }, clock);
    const stream = await TestStream.encode(12);
    for (const from of [0, 4, 8]) await stream.record(config.RECORDINGS_DIR, camera, START_MS, from, from + 4);
  });
  afterEach(() => folder.remove());

  it('begins anew without the footage that goes meanwhile, and says that it is missing', async () => {
    const segments = await listSegments(join(folder.path, 'recordings'), camera);
    let isGone = false;
    const check = (): void => {
      // The head is written; the janitor takes the last segment before its turn comes.
      if (!isGone) rmSync(segments.at(-1)?.path ?? '');
      isGone = true;
    };
    const record = await maker.make(job, { ...run, check });
    expect(record).toMatchObject({ partial: true, gaps: [{ start: START_MS / 1000 + 8 }] });
    expect((await left()).sort()).toEqual([`${job.exportId}.json`, `${job.exportId}.mp4`]);
  });

  it('leaves nothing of an export that the disk did not take, and says so', async () => {
    const check = (): void => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    await expect(maker.make(job, { ...run, check })).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await left()).toEqual([]);
  });

  it('ends within a look at its job where somebody cancels it in the middle', async () => {
    const data = { ...job };
    const given: { process: (job: object) => Promise<void> }[] = [];
    const queue = { look: () => Promise.resolve({ data: { ...data, cancelled: true } }) };
    const factory = {
      queue: (name: string) => (expect(name).toBe(exportQueueName('node1')), queue),
      worker: (_: string, options: (typeof given)[number]) => void given.push(options),
    };
    const forever = {
      make: async (_: ExportJob, told: ExportRun) => {
        for (;;) {
          told.check();
          told.progress(50);
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    };
    const logger = { warn: () => undefined };
    const parts = [factory, { NODE_ID: 'node1' }, forever, clock, logger] as unknown;
    new ExportProcessor(...(parts as ConstructorParameters<typeof ExportProcessor>)).onApplicationBootstrap();
    const running = { id: job.exportId, data, progress: () => Promise.resolve(), signal: new AbortController().signal };
    await expect(given[0]?.process(running)).rejects.toThrow('cancelled');
  });
});
