import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { budgetsFile, cameraId, type BudgetsFile } from '@vr/contracts';
import { removeRoomWanted, writeRoomWanted } from '@vr/retention';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';

const KB = 1000;
const EXTENSIONS = ['mp4', 'jpg', 'json'];

describe('budgets, on real folders', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;
  beforeEach(async () => {
    folder = await temporaryFolder('budgets');
    // The disk plays no part here: the fixture's disk is only as full as a test says.
    started = await startJanitor(folder.path, { CLIPS_MAX_GB: (100 * KB) / 1e9, SNAPSHOTS_MAX_GB: (50 * KB) / 1e9 });
  });
  afterEach(() => folder.remove());

  const clip = (
    hoursAgo: number,
    state: Parameters<StartedJanitor['clip']>[1],
    o: Parameters<StartedJanitor['clip']>[2] = {},
  ) => started.clip(hoursAgo / 24, state, { bytes: 30 * KB, ...o });
  /** `moment` is what its record says. `nothing` means that it is not announced yet. */
  const snapshot = (hoursAgo: number, moment: 'event' | 'past' | 'now' | 'nothing') =>
    started.snapshot(hoursAgo / 24, { bytes: 20 * KB, ...(moment !== 'nothing' && { moment }) });
  const files = (base: string): Promise<boolean[]> =>
    started.areThere(EXTENSIONS.map((extension) => `${base}.${extension}`));
  const budgets = async (): Promise<BudgetsFile> =>
    budgetsFile.parse(JSON.parse(await readFile(join(started.config.RECORDINGS_DIR, '.budgets.json'), 'utf8')));
  const said = async () => (await started.health.readiness()).dependencies['budgets'];
  const metric = async (name: string): Promise<number | undefined> =>
    (await started.registry.getSingleMetric(name)?.get())?.values[0]?.value;

  it('clips above theirs: the oldest stored go, not their records, nor what is protected or only here', async () => {
    await started.segment(100);
    const [cut, held, oldest, older, newest] = [
      await clip(50, 'cut'),
      await clip(40, 'announced'),
      await clip(30, 'announced'),
      await clip(20, 'uploaded'),
      await clip(10, 'announced'),
    ];
    await started.protections.protect({
      cameraId: cameraId.parse('cam_1'),
      startMs: START_MS - 40 * HOUR_MS,
      endMs: START_MS - 39 * HOUR_MS,
      reason: 'trial 7/26',
    });
    await started.janitor.sweep();
    expect(await Promise.all([cut, held, oldest, older, newest].map(files))).toEqual([
      [true, true, true],
      [true, true, true],
      [false, false, true],
      [false, false, true],
      [true, true, true],
    ]);
    expect(
      (await started.audit())
        .filter(({ action }) => action === 'delete')
        .map(({ what, why }) => [what.split(' ').length, why]),
    ).toEqual(Array(2).fill([2, 'budget: clips have more than CLIPS_MAX_GB']));
    expect((await budgets()).clips).toMatchObject({
      budget_bytes: 100 * KB,
      spare_bytes: 30_010,
      used_bytes: expect.any(Number) as number,
    });
    expect(await said()).toEqual({
      state: 'up',
      sentence: expect.stringMatching(
        /^clips take 91\.2 kB of their 100 kB \(CLIPS_MAX_GB\); snapshots take/,
      ) as string,
    });
    expect(await metric('clips_budget_bytes')).toBe(100 * KB);
    expect(await metric('clips_budget_used_bytes')).toBe((await budgets()).clips?.used_bytes);
  });

  it('of clips are not filled by protections: they hold half at most; the newest made later go first', async () => {
    await started.segment(100);
    started = await startJanitor(folder.path, {
      CLIPS_MAX_GB: (100 * KB) / 1e9,
      SNAPSHOTS_MAX_GB: 1,
      PROTECT_MAX_DAYS: 300,
    });
    await started.protections.protect({
      cameraId: cameraId.parse('cam_1'),
      startMs: START_MS - 90 * HOUR_MS,
      endMs: START_MS + 90 * HOUR_MS,
      reason: 'a flood',
    });
    const [older, newer] = [
      await clip(3, 'announced', { bytes: 20 * KB }),
      await clip(2, 'announced', { bytes: 20 * KB }),
    ];
    const later = [
      await clip(-1, 'announced', { bytes: 20 * KB }),
      await clip(-2, 'announced', { bytes: 20 * KB }),
      await clip(-3, 'announced', { bytes: 20 * KB }),
    ];
    started.now.ms = START_MS + 4 * HOUR_MS;
    await started.janitor.sweep();
    // The clips take 80 kB, and the budget is emptied to 95 of 100. The oldest of what may go goes, as always.
    expect(await Promise.all([older, newer, ...later].map(files))).toEqual([
      [true, true, true],
      [true, true, true],
      [false, false, true],
      [true, true, true],
      [true, true, true],
    ]);
    const { sentence } = (await started.health.readiness()).dependencies['retention'] ?? { sentence: '' };
    expect(sentence).toMatch(/protected clips and snapshots fill their part of CLIPS_MAX_GB/);
    expect((await said())?.state).toBe('up'); // there is room for new clips
  });

  it('that are full of what may not go are said, with why', async () => {
    await started.segment(100);
    for (const hours of [1, 2, 3, 4]) await clip(hours, 'cut');
    await started.janitor.sweep();
    expect((await budgets()).clips).toMatchObject({ spare_bytes: 0, not_uploaded_bytes: expect.any(Number) as number });
    expect(await said()).toEqual({
      state: 'degraded',
      sentence: expect.stringMatching(
        /clips take 12\d kB of their 100 kB \(CLIPS_MAX_GB\), only 0 B may go to make room, 12\d kB wait for the object store, new ones wait/,
      ) as string,
    });
  });

  it('snapshots above theirs: the oldest announced pictures go; one that is still to be delivered stays', async () => {
    const found = [await snapshot(9, 'nothing'), await snapshot(8, 'event'), await snapshot(7, 'event')];
    await started.janitor.sweep();
    expect(await started.areThere(found.map((base) => `${base}.jpg`))).toEqual([true, false, true]);
    expect(await started.areThere(found.map((base) => `${base}.json`))).toEqual([false, true, true]);
  });

  it('let snapshots that were asked for by hand go first where they have more than half', async () => {
    const events = [await snapshot(90, 'event'), await snapshot(80, 'event')];
    const byHand = [await snapshot(3, 'past'), await snapshot(2, 'now'), await snapshot(1, 'past')];
    started = await startJanitor(folder.path, { SNAPSHOTS_MAX_GB: (95 * KB) / 1e9 });
    await started.janitor.sweep();
    const pictures = (bases: string[]): Promise<boolean[]> => started.areThere(bases.map((base) => `${base}.jpg`));
    expect([await pictures(events), await pictures(byHand)]).toEqual([
      [true, true],
      [false, true, true],
    ]);
    // A record that was written again is read again. This one turns out to be an event's.
    await snapshot(2, 'event');
    await snapshot(0.5, 'past');
    await started.janitor.sweep();
    expect([await pictures(events), await pictures(byHand)]).toEqual([
      [false, true],
      [false, true, true],
    ]);
  });

  it('make room for a clip that waits, and only as long as it does', async () => {
    started.volumes.sizeBytes = 1000 * KB; // the disk has room; only the budget has none
    const [older, newer] = [await clip(3, 'announced'), await clip(2, 'announced')];
    await started.janitor.sweep();
    expect([await files(older), await files(newer)]).toEqual([
      [true, true, true],
      [true, true, true],
    ]);
    await writeRoomWanted(started.config.CLIPS_DIR, { at: START_MS / 1000 - 600, wanted_bytes: 60 * KB });
    await started.janitor.makeRoom();
    expect(await files(older)).toEqual([true, true, true]);
    await writeRoomWanted(started.config.CLIPS_DIR, { at: START_MS / 1000, wanted_bytes: 60 * KB });
    await started.janitor.makeRoom();
    expect([await files(older), await files(newer)]).toEqual([
      [false, false, true],
      [true, true, true],
    ]);
    await removeRoomWanted(started.config.CLIPS_DIR);
    await started.janitor.makeRoom();
    expect(await files(newer)).toEqual([true, true, true]);
  });

  it('let clips asked for by hand go first where they have more than half, in the end with their records', async () => {
    const event = await clip(90, 'announced');
    const byHand = [
      await clip(3, 'announced', { byHand: true }),
      await clip(2, 'announced', { byHand: true }),
      await clip(1, 'announced', { byHand: true }),
    ];
    await started.janitor.sweep();
    expect([await files(event), ...(await Promise.all(byHand.map(files)))]).toEqual([
      [true, true, true],
      [false, false, true],
      [true, true, true],
      [true, true, true],
    ]);
    const small = await startJanitor(folder.path, { CLIPS_MAX_GB: 500 / 1e9, SNAPSHOTS_MAX_GB: 1 });
    await small.janitor.sweep();
    expect([await files(event), ...(await Promise.all(byHand.map(files)))]).toEqual([
      [false, false, true],
      [false, false, false],
      [false, false, false],
      [false, false, false],
    ]);
  });

  it('say how much of what may not go was asked for by hand', async () => {
    await started.segment(100);
    // Protections may hold half of the budget, and the two protected clips fit in that.
    const bytes = 20 * KB;
    await clip(4, 'announced', { bytes });
    await clip(3, 'announced', { bytes, byHand: true });
    await clip(2, 'cut', { bytes, byHand: true });
    await clip(1, 'announced', { bytes, byHand: true });
    await started.protections.protect({
      cameraId: cameraId.parse('cam_1'),
      startMs: START_MS - 4.1 * HOUR_MS,
      endMs: START_MS - 2.5 * HOUR_MS,
      reason: 'trial 7/26',
    });
    await started.janitor.sweep();
    const { protected_bytes = 0, not_uploaded_bytes = 0, held_by_hand_bytes = 0 } = (await budgets()).clips ?? {};
    expect([protected_bytes, not_uploaded_bytes, held_by_hand_bytes].map((all) => Math.floor(all / bytes))).toEqual([
      2, 1, 2,
    ]);
  });

  it('let records of requests that shared a clip go with those of clips by hand, once it was announced', async () => {
    const [told, waits] = [
      await clip(3, 'announced', { byHand: true }),
      await clip(2, 'claimed', { byHand: true, video: false }),
    ];
    const sharing = (hoursAgo: number, host: string) =>
      clip(hoursAgo, 'merged', { byHand: true, video: false, mergedInto: basename(host) });
    const records = [
      await sharing(1.9, told),
      await sharing(1.8, waits),
      await sharing(1.7, '/clip_cam_1_1795400000.000_1795400001.000'),
    ];
    const small = await startJanitor(folder.path, { CLIPS_MAX_GB: 200 / 1e9, SNAPSHOTS_MAX_GB: 1 });
    await small.janitor.sweep();
    expect(await started.areThere([told, waits, ...records].map((base) => `${base}.json`))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('take from clips, and not from footage, what clips have above their share of a full disk', async () => {
    const segments = [await started.segment(9), await started.segment(8), await started.segment(7)];
    const clips = [await clip(3, 'announced'), await clip(2, 'announced')];
    const KB_DISK = 1000 * KB;
    started.volumes.sizeBytes = KB_DISK;
    started.volumes.usedBytes = 0.91 * KB_DISK;
    await started.janitor.sweep();
    expect(await started.areThere(segments)).toEqual([true, true, true]);
    expect(await Promise.all(clips.map(files))).toEqual([
      [false, false, true],
      [false, false, true],
    ]);
    // Without any clip, footage would have to go.
    await rm(started.config.CLIPS_DIR, { recursive: true });
    started.volumes.usedBytes = 0.91 * KB_DISK;
    await started.janitor.sweep();
    expect(await started.areThere(segments)).toEqual([false, false, false]);
  });
});
