import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, OutsideRootError } from '@vr/base';
import { cameraId, type CameraStatus } from '@vr/contracts';
import { forgedText, memoryFolder, treeOf, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import { AuditLog } from '@vr/audit';
import {
  readCameraState,
  writeCameraState,
  listDays,
  listSegments,
  appendGap,
  readGaps,
  finishOpenGap,
  knownGaps,
  writeOpenGap,
  recoverSegments,
} from '@vr/footage';
import { listProtections, protectionOf, removeProtection, writeProtection } from '@vr/protections';
import { writeBudgets, writeRoomWanted } from './budget-files';

const RUNS = Number(process.env['FORGERIES'] ?? 10_000);
const LANES = 10;
const AT = Date.UTC(2026, 10, 23, 12);
const DAY = '2026-11-23';
const camera = cameraId.parse('cam_1');
const state: CameraStatus = {
  camera_id: camera,
  state: 'recording',
  since: AT / 1000,
  codec: 'h264',
  width: 640,
  height: 360,
  fps: 25,
  last_fragment_at: AT / 1000,
};
const held = protectionOf({ cameraId: camera, startMs: AT, endMs: AT + 60_000, reason: 'trial 7/26' }, AT);
const gap = { start: AT / 1000 - 60, end: AT / 1000 - 30, reason: 'camera_refused' };
const clock = { nowMs: () => AT, monotonicMs: () => 0 };

/** Makes a RECORDINGS_DIR that has other files beside it. */
class Lane {
  readonly root: string;
  private readonly before: string;
  constructor(private readonly path: string) {
    this.root = join(path, 'recordings');
    mkdirSync(join(path, 'outside', DAY), { recursive: true });
    mkdirSync(join(path, 'outside', 'protections'));
    for (const name of [
      'victim',
      `${DAY}.jsonl`,
      'gaps.jsonl',
      'state.json',
      `${DAY}/cam_1_20261123_110000.000Z.part.mp4`,
      `protections/${held.protection_id}.json`,
    ]) {
      writeFileSync(join(path, 'outside', name), JSON.stringify(held));
    }
    this.clear();
    this.before = JSON.stringify(treeOf(join(path, 'outside')));
  }
  clear(): void {
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(join(this.root, 'cam_1', DAY), { recursive: true });
    mkdirSync(join(this.root, 'cam_1', 'protections'));
    // Recovery moves this one to quarantine.
    writeFileSync(join(this.root, 'cam_1', DAY, 'cam_1_20261123_100000.000Z.part.mp4'), 'torn');
  }
  at = (...parts: string[]): string => join(this.root, ...parts);
  outside = (...parts: string[]): string => join(this.path, 'outside', ...parts);
  expectOthersUntouched(): void {
    expect(JSON.stringify(treeOf(this.outside()))).toBe(this.before);
  }
}

/** Does everything that workers read and write beside the footage. @returns how many of these raised no error. */
async function useAll({ root }: Lane): Promise<number> {
  const audit = AuditLog.of({ RECORDINGS_DIR: root }, clock);
  const entry = [{ who: 'janitor', action: 'delete' as const, what: 'x', why: 'test' }];
  const uses: (() => unknown)[] = [
    () => readCameraState(root, camera),
    () => writeCameraState(root, state),
    () => recoverSegments(root),
    () => finishOpenGap(root, camera),
    () => writeOpenGap(root, camera, { startMs: AT, reason: 'camera_refused' }),
    () => appendGap(root, camera, { startMs: AT - 1000, endMs: AT, reason: 'camera_refused' }),
    () => readGaps(root, camera, AT - 86_400_000, AT),
    () => knownGaps(root, camera, AT - 86_400_000, AT),
    () => listDays(root, camera),
    () => listSegments(root, camera),
    () => listProtections(root, () => undefined),
    () => writeProtection(root, held),
    () => removeProtection(root, held),
    () => audit.write(entry),
    () => audit.writeNow(entry),
    () => audit.expire(1),
    () => writeBudgets(root, { at: AT / 1000 }),
    () => writeRoomWanted(root, { at: AT / 1000, wanted_bytes: 1 }),
  ];
  let quiet = 0;
  for (const use of uses) {
    try {
      await use();
      quiet += 1;
    } catch (error) {
      // The disk or our own check refuses it with an error, and nothing crashes.
      if (
        !(error instanceof OutsideRootError) &&
        !['ELOOP', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST'].includes(errorCode(error) ?? '')
      )
        throw error;
    }
  }
  return quiet;
}

describe('what stands beside the footage', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await memoryFolder('states');
  });
  afterAll(() => folder.remove());

  const inLanes = async <T>(
    name: string,
    arbitrary: fc.Arbitrary<T>,
    runs: number,
    run: (lane: Lane, value: T) => Promise<void>,
  ): Promise<void> => {
    const lanes = Array.from({ length: LANES }, (_, i) => new Lane(join(folder.path, `${name}-${i}`)));
    const many = fc.array(arbitrary, { minLength: LANES, maxLength: LANES });
    const property = fc.asyncProperty(many, async (values) => {
      await Promise.all(lanes.map((lane, i) => run(lane, values[i] as T)));
    });
    await fc.assert(property, { numRuns: runs / LANES, seed: 20_261_125 });
  };

  it(`may be forged: ${RUNS} state files are read without a crash, and nothing outside is touched`, async () => {
    let read = 0;
    const files = fc.record({
      state: forgedText(state),
      gapJson: forgedText(gap),
      gaps: fc.array(forgedText(gap), { maxLength: 3 }).map((lines) => lines.join('\n')),
      protection: forgedText(held),
    });
    await inLanes('forged', files, RUNS, async (lane, { state: stateText, gapJson, gaps, protection }) => {
      writeFileSync(lane.at('cam_1', 'state.json'), stateText);
      writeFileSync(lane.at('cam_1', 'gap.json'), gapJson);
      writeFileSync(lane.at('cam_1', DAY, 'gaps.jsonl'), gaps);
      writeFileSync(lane.at('cam_1', 'protections', `${held.protection_id}.json`), protection);
      const said = await readCameraState(lane.root, camera);
      if (said) read += 1;
      expect(said?.camera_id ?? camera).toBe(camera);
      for (const one of await listProtections(lane.root, () => undefined))
        expect(one).toMatchObject({ protection_id: held.protection_id, camera_id: camera, start: held.start });
      const found = await readGaps(lane.root, camera, AT - 86_400_000, AT + 86_400_000);
      for (const { startMs, endMs } of found) expect(Number.isFinite(startMs) && Number.isFinite(endMs)).toBe(true);
      for (const { startMs, endMs } of await knownGaps(lane.root, camera, AT - 86_400_000, AT + 86_400_000))
        expect(Number.isFinite(startMs) && endMs >= startMs).toBe(true);
      await finishOpenGap(lane.root, camera);
      lane.expectOthersUntouched();
      lane.clear();
    });
    expect(read).toBeGreaterThan(RUNS / 50);
  }, 300_000);

  const links: [string, (lane: Lane) => [string, string]][] = [
    ['the camera', (lane) => [lane.at('cam_1'), lane.outside()]],
    ['the day', (lane) => [lane.at('cam_1', DAY), lane.outside(DAY)]],
    ['the protections', (lane) => [lane.at('cam_1', 'protections'), lane.outside('protections')]],
    ['the audit', (lane) => [lane.at('.audit'), lane.outside()]],
    ['the quarantine', (lane) => [lane.at('.quarantine'), lane.outside()]],
    ['state.json', (lane) => [lane.at('cam_1', 'state.json'), lane.outside('victim')]],
    ['the temporary name of state.json', (lane) => [lane.at('cam_1', '.state.json.tmp'), lane.outside('victim')]],
    ['gap.json', (lane) => [lane.at('cam_1', 'gap.json'), lane.outside('victim')]],
    ['the temporary name of gap.json', (lane) => [lane.at('cam_1', '.gap.json.tmp'), lane.outside('victim')]],
    ['gaps.jsonl', (lane) => [lane.at('cam_1', DAY, 'gaps.jsonl'), lane.outside('gaps.jsonl')]],
    [
      'gaps.jsonl, of a file that is not there',
      (lane) => [lane.at('cam_1', DAY, 'gaps.jsonl'), lane.outside('made.jsonl')],
    ],
    ['a protection', (lane) => [lane.at('cam_1', 'protections', `${held.protection_id}.json`), lane.outside('victim')]],
    [
      'an open segment',
      (lane) => [lane.at('cam_1', DAY, 'cam_1_20261123_110000.000Z.part.mp4'), lane.outside('victim')],
    ],
    ['a link round in a circle', (lane) => [lane.at('cam_1', DAY), '2026-11-23']],
  ];

  it.each(links)('may be a link in the place of %s: nothing outside is touched', async (name, place) => {
    const lane = new Lane(join(folder.path, name.replace(/\W/g, '-')));
    const [path, target] = place(lane);
    rmSync(path, { recursive: true, force: true });
    symlinkSync(target, path);
    expect(await useAll(lane)).toBeGreaterThan(3);
    lane.expectOthersUntouched();
  });

  it('is used without a word where there is no link', async () => {
    const lane = new Lane(join(folder.path, 'sound'));
    expect(await useAll(lane)).toBe(18);
  });
});
