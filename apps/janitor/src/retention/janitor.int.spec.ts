import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { DAY_MS, HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';

describe('the janitor on real folders', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;

  beforeEach(async () => {
    folder = await temporaryFolder('janitor');
    started = await startJanitor(folder.path);
  });
  afterEach(() => folder.remove());

  /** Without what is 0, as counters are for labels of which nothing was counted. */
  const metric = async (name: string): Promise<Record<string, number>> => {
    const { values } = (await started.registry.getSingleMetric(name)?.get()) ?? { values: [] };
    const counted = values.filter(({ value }) => value !== 0);
    return Object.fromEntries(counted.map(({ labels, value }) => [Object.values(labels).join(','), value]));
  };
  const retention = async () => (await started.health.readiness()).dependencies['retention'];
  /** Sweeps as often as the schedule does, so that the janitor sees the clock run. */
  const sweepUntil = async (ms: number): Promise<void> => {
    for (; started.now.ms < ms; started.now.ms = Math.min(ms, started.now.ms + 12 * HOUR_MS))
      await started.janitor.sweep();
    await started.janitor.sweep();
  };

  it('deletes as time passes, each camera by its own days, and the empty folders', async () => {
    const [old, young, ofOther] = [
      await started.segment(100),
      await started.segment(2),
      await started.segment(100, { camera: 'cam_long' }),
    ];
    await started.janitor.sweep();
    expect(await started.areThere([old, young, ofOther])).toEqual([true, true, true]);
    await sweepUntil(START_MS + 4 * DAY_MS);
    expect(await started.areThere([old, young, ofOther, dirname(old)])).toEqual([false, true, true, false]);
    await sweepUntil(START_MS + 31 * DAY_MS);
    expect(await started.areThere([dirname(dirname(young)), dirname(dirname(ofOther))])).toEqual([false, false]);
    expect(await metric('retention_deleted_bytes_total')).toEqual({ 'footage,age': 30 });
    expect(
      (await started.audit()).map(({ who, action, kind, camera_id, why }) => [who, action, kind, camera_id, why]),
    ).toEqual([
      ['janitor', 'delete', 'footage', 'cam_1', 'age: past 7 days'],
      ['janitor', 'delete', 'footage', 'cam_1', 'age: past 7 days'],
      ['janitor', 'delete', 'footage', 'cam_long', 'age: past 30 days'],
    ]);
  });

  it('announces that over half of a camera is too old, and deletes it a pass later, also after a restart', async () => {
    const old = [await started.segment(200), await started.segment(190)];
    await started.segment(1);
    await started.janitor.sweep();
    expect(await started.areThere(old)).toEqual([true, true]);
    expect(await retention()).toMatchObject({
      state: 'degraded',
      sentence: expect.stringContaining('2 of 3 (footage cam_1) are past their retention') as string,
    });
    // A full disk wakes the next pass a moment later, when nobody could have read the announcement.
    started.now.ms += 10_000;
    await started.janitor.makeRoom();
    expect(await started.areThere(old)).toEqual([true, true]);
    const restarted = await startJanitor(folder.path);
    restarted.now.ms = started.now.ms + 600_000;
    await restarted.janitor.sweep();
    expect(await started.areThere(old)).toEqual([false, false]);
  });

  it('announces anew where the retention changed in between', async () => {
    const old = [await started.segment(200), await started.segment(190)];
    await started.segment(1);
    await started.janitor.sweep();
    const restarted = await startJanitor(folder.path, { RETENTION_DAYS: 6 });
    restarted.now.ms = START_MS + 600_000;
    await restarted.janitor.sweep();
    expect(await started.areThere(old)).toEqual([true, true]);
    restarted.now.ms += 600_000;
    await restarted.janitor.sweep();
    expect(await started.areThere(old)).toEqual([false, false]);
  });

  it('keeps the footage of events longer, where EVENT_FOOTAGE_DAYS says so', async () => {
    const longer = await startJanitor(folder.path, { RETENTION_DAYS: 1, EVENT_FOOTAGE_DAYS: 7 });
    const [withEvent, without] = [await longer.segment(50), await longer.segment(48)];
    for (const hours of [1, 2, 3]) await longer.segment(hours);
    await longer.clip(2, 'announced', {
      of: { startMs: START_MS - 50 * HOUR_MS, endMs: START_MS - 50 * HOUR_MS + 40_000 },
    });
    await longer.janitor.sweep();
    expect(await longer.areThere([withEvent, without])).toEqual([true, false]);
    await expect(startJanitor(folder.path, { EVENT_FOOTAGE_DAYS: 100 })).rejects.toThrow(
      /EVENT_FOOTAGE_DAYS: wanted at most CLIP_RETENTION_DAYS/,
    );
  });

  it('deletes nothing while the clock is wrong, and says so', async () => {
    const [old, newest] = [await started.segment(24 * 30), await started.segment(1)];
    await started.segment(2);
    for (const ms of [Date.UTC(1970, 0, 1), START_MS - 3 * HOUR_MS]) {
      started.now.ms = ms;
      await started.janitor.sweep();
      expect(await retention()).toMatchObject({
        state: 'degraded',
        sentence: expect.stringContaining('clock says') as string,
      });
    }
    // The clock jumps by days, and is believed only after that has lasted.
    started.now.ms = START_MS + 100 * DAY_MS;
    await started.janitor.sweep();
    expect(await retention()).toMatchObject({ sentence: expect.stringContaining('jumped by days') as string });
    expect(await started.areThere([old, newest])).toEqual([true, true]);
    started.now.ms = START_MS; // the clock was wrong
    await started.janitor.sweep();
    expect(await started.areThere([old, newest])).toEqual([false, true]);
  });

  it('ages clips and snapshots from when they were made, as whole things; never one only the disk has', async () => {
    const [old, waiting] = [await started.clip(91, 'failed'), await started.clip(92, 'cut')];
    for (const days of [10, 20, 30]) await started.clip(days, 'announced');
    const snapshots = join(started.config.SNAPSHOTS_DIR, 'cam_1', '2026-10-01');
    const oldSnapshot = await started.put(join(snapshots, 'cam_1_2026-10-01T10:00:00.000Z.jpg'), {
      madeMs: Date.UTC(2026, 9, 1, 10),
    });
    const lateSnapshot = await started.put(join(snapshots, 'cam_1_2026-10-01T11:00:00.000Z.jpg'), {
      madeMs: START_MS - DAY_MS,
    });
    await started.janitor.sweep();
    expect(
      await started.areThere([`${old}.mp4`, `${old}.jpg`, `${old}.json`, dirname(old), oldSnapshot, lateSnapshot]),
    ).toEqual([false, false, false, false, false, true]);
    expect(await started.areThere([`${waiting}.mp4`, `${waiting}.json`])).toEqual([true, true]);
    expect((await metric('retention_held_bytes'))['not_uploaded']).toBeGreaterThan(0);
  });

  it('keeps the notes on interruptions until the day, its segments and the last interruption are old', async () => {
    const recordings = started.config.RECORDINGS_DIR;
    const old = await started.put(join(recordings, 'cam_1', '2026-11-01', 'gaps.jsonl'), {
      madeMs: Date.UTC(2026, 10, 1, 9),
    });
    const long = await started.put(join(recordings, 'cam_1', '2026-11-02', 'gaps.jsonl'), {
      madeMs: START_MS - DAY_MS,
    });
    await started.janitor.sweep();
    expect(await started.areThere([dirname(old), long])).toEqual([false, true]);
  });

  it('lets footage that recovery could not finish go by its age', async () => {
    const quarantine = join(started.config.RECORDINGS_DIR, '.quarantine');
    const old = await started.put(join(quarantine, 'cam_1_20261101_030405.678Z.part.mp4'), {
      madeMs: Date.UTC(2026, 10, 1, 4),
    });
    const young = await started.put(join(quarantine, 'cam_1_20261122_030405.678Z.part.mp4'));
    await started.janitor.sweep();
    expect(await started.areThere([old, young])).toEqual([false, true]);
    expect((await started.audit()).map(({ kind, what }) => [kind, what])).toEqual([
      ['quarantine', 'recordings/.quarantine/cam_1_20261101_030405.678Z.part.mp4'],
    ]);
  });

  it('measures what is there when it is asked', async () => {
    await started.segment(5);
    await started.segment(3);
    const open = await started.segment(1, { open: true, camera: 'cam_long' });
    expect(await metric('recording_disk_usage_gb')).toEqual({ '': 30e-9 });
    expect(await metric('recording_disk_usage_bytes')).toEqual({ cam_1: 20, cam_long: 10 });
    expect(await metric('recording_oldest_file_age_hours')).toEqual({ '': 5 });
    expect(await metric('recording_oldest_file_age_seconds')).toEqual({ cam_1: 18_000, cam_long: 3600 });
    expect(await metric('disk_free_bytes')).toEqual({ recordings: 1000, clips: 1000, snapshots: 1000 });
    started.now.ms += HOUR_MS;
    await started.segment(0);
    await writeFile(open, '0123456789abcdef');
    expect(await metric('recording_disk_usage_bytes')).toEqual({ cam_1: 30, cam_long: 16 });
  });

  it('keeps the last known retention when the cameras cannot be read', async () => {
    const ofOther = await started.segment(10 * 24, { camera: 'cam_long' });
    for (const hours of [1, 2]) await started.segment(hours, { camera: 'cam_long' });
    await writeFile(started.config.CAMERAS_FILE ?? '', 'cameras: [');
    await until(async () => (await started.health.readiness()).dependencies['cameras file']?.state === 'degraded', {
      what: 'the broken file is seen',
      deadlineMs: 10_000,
    });
    await started.janitor.sweep();
    expect(await readFile(ofOther, 'utf8')).toBe('0123456789');
  });

  it('forgets the audit after AUDIT_DAYS, and nothing else in its folder', async () => {
    const audit = join(started.config.RECORDINGS_DIR, '.audit');
    const [old, young, foreign] = [
      await started.put(join(audit, '2025-11-01.jsonl')),
      await started.put(join(audit, '2025-12-01.jsonl')),
      await started.put(join(audit, 'notes.txt')),
    ];
    await started.janitor.sweep();
    expect(await started.areThere([old, young, foreign])).toEqual([false, true, true]);
  });

  it('keeps the audit within AUDIT_MAX_GB: the oldest days go, today stays', async () => {
    const small = await startJanitor(folder.path, { AUDIT_MAX_GB: 25 / 1e9 });
    const audit = join(small.config.RECORDINGS_DIR, '.audit');
    // Each file has ten bytes.
    const days = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'];
    const paths = await Promise.all(days.map((day) => small.put(join(audit, `${day}.jsonl`))));
    await small.janitor.sweep();
    expect(await small.areThere(paths)).toEqual([false, false, true, true]);
    const tiny = await startJanitor(folder.path, { AUDIT_MAX_GB: 5 / 1e9 });
    await tiny.janitor.sweep();
    expect(await tiny.areThere(paths)).toEqual([false, false, false, true]);
  });
});
