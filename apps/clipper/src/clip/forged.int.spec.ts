import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OutsideRootError, PostponedError } from '@vr/base';
import { cameraId, ContractError, eventClipId, type ClipRecord } from '@vr/contracts';
import { forged, forgedText, memoryFolder, treeOf, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import { job, World } from '../testing/clip-world';
import { readQueued, jobIdOf } from './clip-queue';

const RUNS = Number(process.env['FORGERIES'] ?? 10_000);
/** So many clippers run side by side, each with a disk of its own. One alone would only wait for the system. */
const LANES = 10;
const DAY = '2026-11-23';

/** A CLIPS_DIR into which somebody laid links, and what lies beside it, which a clipper must leave alone. */
class Lane {
  readonly world: World;
  private readonly clipsDir: string;
  private readonly before: string;

  constructor(
    private readonly path: string,
    merge: 'off' | 'overlapping' = 'off',
  ) {
    this.clipsDir = join(path, 'clips');
    mkdirSync(join(path, 'outside', DAY), { recursive: true });
    writeFileSync(join(path, 'outside', 'victim'), 'as it was');
    mkdirSync(join(path, 'recordings', 'cam_1', DAY), { recursive: true });
    writeFileSync(join(path, 'recordings', 'cam_1', DAY, 'cam_1_20261123_120000.000Z_3600000.mp4'), 'footage');
    this.clear();
    this.world = new World(this.clipsDir, merge);
    this.world.nowMs = job.endMs + 10_000;
    this.before = this.others();
  }

  /** Makes CLIPS_DIR as it was: the folder of a clip, and a day and a camera that are links. A clipper begins anew. */
  clear(): void {
    rmSync(this.clipsDir, { recursive: true, force: true });
    mkdirSync(join(this.clipsDir, 'cam_1', DAY), { recursive: true });
    symlinkSync('../../outside', join(this.clipsDir, 'cam_1', '2026-11-22'));
    symlinkSync('../outside', join(this.clipsDir, 'cam_2'));
  }

  file = (kind: string): string => join(this.clipsDir, 'cam_1', DAY, `${job.clipId}.${kind}`);
  clips = (): string => JSON.stringify(treeOf(this.clipsDir));

  expectOthersUntouched(): void {
    expect(this.others()).toBe(this.before);
  }

  private others(): string {
    return JSON.stringify([treeOf(join(this.path, 'outside')), treeOf(join(this.path, 'recordings'))]);
  }
}

/** A job in the form that Redis holds. */
const named = (camera: string, backMs: number) => {
  const at = (ms: number): number => ms - backMs;
  const clipId = eventClipId(cameraId.parse(camera), at(job.timestampMs));
  return {
    ...job,
    source: undefined,
    cameraId: camera,
    clipId,
    timestampMs: at(job.timestampMs),
    startMs: at(job.startMs),
    endMs: at(job.endMs),
  };
};

/** Work may end with a sentence, but not with a crash. */
async function answerOf(work: Promise<void>): Promise<unknown> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  const isAnswer =
    error === undefined ||
    error instanceof ContractError ||
    error instanceof PostponedError ||
    error instanceof OutsideRootError;
  if (!isAnswer) throw new Error('wanted an answer, got a crash', { cause: error });
  return error;
}

describe('whoever reaches Redis or the disk', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await memoryFolder('forged');
  });
  afterAll(() => folder.remove());

  const inLanes = async <T>(
    name: string,
    arbitrary: fc.Arbitrary<T>,
    seed: number,
    run: (lane: Lane, value: T) => Promise<void>,
  ): Promise<Lane[]> => {
    const lanes = Array.from(
      { length: LANES },
      (__, i) => new Lane(join(folder.path, `${name}-${i}`), name === 'records' ? 'overlapping' : 'off'),
    );
    const many = fc.array(arbitrary, { minLength: LANES, maxLength: LANES });
    const property = fc.asyncProperty(many, async (values) => {
      await Promise.all(lanes.map((lane, i) => run(lane, values[i] as T)));
    });
    await fc.assert(property, { numRuns: RUNS / LANES, seed });
    return lanes;
  };

  it(`puts ${RUNS} forged jobs there: nothing outside CLIPS_DIR is touched, nor at all by a refused one`, async () => {
    const outcomes = { refused: 0, made: 0, ended: 0 };
    // One clip is good. Of the other two, the day's or the camera's folder is a link.
    const valid = fc.constantFrom(named('cam_1', 0), named('cam_1', 0), named('cam_1', 86_400_000), named('cam_2', 0));
    const arbitrary = fc.record({ data: valid.chain(forged), isItsOwnId: fc.boolean() });
    const lanes = await inLanes('jobs', arbitrary, 20_261_123, async (lane, { data, isItsOwnId }) => {
      const { identity } = (data ?? {}) as { identity?: unknown };
      const before = lane.clips();
      let read;
      try {
        read = readQueued(data, isItsOwnId && typeof identity === 'string' ? jobIdOf(identity) : jobIdOf(job.identity));
      } catch (error) {
        if (!(error instanceof ContractError)) throw error;
        outcomes.refused += 1;
        expect(error.message.length).toBeLessThanOrEqual(500);
        expect(lane.clips()).toBe(before);
        return;
      }
      const error = await answerOf(lane.world.clips.make(read, lane.world.run));
      outcomes[error === undefined ? 'made' : 'ended'] += 1;
      if (error instanceof ContractError) await answerOf(lane.world.clips.giveUp(read, error));
      lane.expectOthersUntouched();
      lane.clear();
      lane.world.restart();
    });
    expect(Math.min(outcomes.refused, outcomes.made, outcomes.ended)).toBeGreaterThan(RUNS / 100);
    for (const { world } of lanes)
      for (const key of world.objects.keys())
        expect(key).toMatch(/^clips\/cam_1\/2026-11-\d\d\/(event|clip)_cam_1_[\d._a-f]+\.(mp4|jpg)$/);
  }, 300_000);

  it(`puts ${RUNS} forged records and links into CLIPS_DIR: it goes on and touches nothing outside`, async () => {
    const example = new Lane(join(folder.path, 'example'));
    await example.world.clips.make(job, example.world.run);
    const announced = await example.world.record();
    const members = [
      { clipId: 'event_cam_1_1795435205.000', identity: 'm', startMs: job.startMs + 5000, endMs: job.endMs + 5000 },
    ];
    const states = fc.constantFrom<ClipRecord['state']>('claimed', 'cut', 'uploaded', 'announced', 'failed', 'merged');
    const records = states.map((state) => ({
      ...announced,
      state,
      ...(state === 'merged' ? { mergedInto: members[0]?.clipId } : { members }),
    }));
    const laid = fc.oneof(
      { weight: 300, arbitrary: fc.constant('text') },
      { weight: 60, arbitrary: fc.constantFrom('record', 'video', 'thumbnail') },
      { weight: 1, arbitrary: fc.constant('pipe') },
    );
    const outcomes = { open: 0, done: 0 };
    const arbitrary = fc.record({ text: records.chain((record) => forgedText(record)), what: laid });
    const lanes = await inLanes('records', arbitrary, 20_261_124, async (lane, { text, what }) => {
      const { world } = lane;
      if (what === 'record') symlinkSync('../../../outside/victim', lane.file('json'));
      else if (what === 'pipe') execFileSync('mkfifo', [lane.file('json')]);
      else writeFileSync(lane.file('json'), text);
      if (what === 'video') symlinkSync('../../../outside/victim', lane.file('mp4'));
      if (what === 'thumbnail') symlinkSync('../../../outside/made', lane.file('jpg'));
      await world.ledger.takeStock();
      for await (const { job: open } of world.ledger.openClips()) {
        outcomes.open += 1;
        if ((await answerOf(world.clips.make(open, world.run))) === undefined) outcomes.done += 1;
      }
      // The event itself comes again, whatever stands in the place of its record.
      await answerOf(world.clips.giveUp(job, new ContractError('no_footage', 'none')));
      lane.expectOthersUntouched();
      lane.clear();
      world.restart();
    });
    expect(Math.min(outcomes.open, outcomes.done)).toBeGreaterThan(RUNS / 50);
    for (const { world } of lanes)
      for (const key of world.objects.keys())
        expect(key).toMatch(/^[a-z0-9-]+\/cam_1\/2026-11-\d\d\/event_cam_1_[\d._a-f]+\.(mp4|jpg)$/);
  }, 300_000);
});
