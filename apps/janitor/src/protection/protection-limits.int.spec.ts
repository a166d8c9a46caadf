import { access, mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readProtectRequest, type Protection } from '@vr/contracts';
import { segmentPath } from '@vr/footage';
import { readBudgets, readSpace } from '@vr/retention';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { DAY_MS, HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';
import { ProtectionLimits } from './protection-limits';

describe('what protections may hold', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;
  let diskBytes: number;

  beforeEach(async () => {
    folder = await temporaryFolder('protection-limits');
    started = await startJanitor(folder.path);
    const space = await readSpace(folder.path);
    diskBytes = (space?.usedBytes ?? 0) + (space?.freeBytes ?? 0);
  });
  afterEach(() => folder.remove());

  const protect = async (
    camera: string,
    fromHoursAgo: number,
    toHoursAgo: number,
    reason = 'trial',
  ): Promise<Protection> => {
    const [start, end] = [fromHoursAgo, toHoursAgo].map((hours) => (START_MS - hours * HOUR_MS) / 1000);
    return started.protections.protect(readProtectRequest({ camera_id: camera, start, end, reason }, START_MS));
  };
  /** Makes an hour of footage whose length is a share of the disk. The file is sparse: no block of it is written. */
  const footage = async (camera: string, hoursAgo: number, share: number): Promise<void> => {
    const path = segmentPath(started.config.RECORDINGS_DIR, camera, START_MS - hoursAgo * HOUR_MS, HOUR_MS);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
    await truncate(path, Math.floor(diskBytes * share));
  };

  it('is PROTECT_MAX_DAYS of one camera in all, however many protections say it', async () => {
    await protect('cam_1', 29 * 24, 0);
    await protect('cam_1', 29 * 24 + 12, 28 * 24, 'another part');
    const refusal = {
      code: 'too_long',
      message: expect.stringMatching(/at most 30 days of camera cam_1 in all \(PROTECT_MAX_DAYS\), got 31/) as string,
    };
    await expect(protect('cam_1', 31 * 24, 0)).rejects.toMatchObject(refusal);
    const byFourSeconds = {
      ...refusal,
      message: expect.stringMatching(/at most 30 days .*, got 30\.0000[345];/) as string,
    };
    await expect(protect('cam_1', 30 * 24 + 0.001, 0)).rejects.toMatchObject(byFourSeconds);
    await expect(protect('cam_1', 31 * 24, 29 * 24)).rejects.toMatchObject(refusal);
    expect(await protect('cam_long', 29 * 24, 0)).toMatchObject({ camera_id: 'cam_long' });
  });

  it('is PROTECT_MAX_PERCENT of the disk over all cameras, by the segments that are held', async () => {
    for (const [camera, hoursAgo] of [
      ['cam_1', 3],
      ['cam_1', 2],
      ['cam_long', 3],
    ] as const)
      await footage(camera, hoursAgo, 0.2);
    await protect('cam_1', 3, 2.5);
    await protect('cam_long', 2.9, 2.8);
    const refusal = expect(protect('cam_1', 2, 1)).rejects;
    await refusal.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(/would hold .* of footage, and may hold .* \(PROTECT_MAX_PERCENT 50\)/) as string,
    });
    expect(started.protections.holds('cam_1', START_MS - 2 * HOUR_MS, START_MS - HOUR_MS)).toBe(false);
    // Protecting the same footage again takes no more room, and the refused request left nothing behind.
    expect(await protect('cam_1', 2.9, 2.6, 'the same hour')).toMatchObject({ reason: 'the same hour' });
    expect(started.protections.count).toBe(3);
  });

  it('counts footage that is still to come by what a day takes, and refuses with the numbers', async () => {
    await footage('cam_1', 2, 0.01);
    // An hour takes a hundredth of the disk: 40 hours to come are within half of it, 60 are not.
    const refusal = {
      code: 'storage_unavailable',
      message: expect.stringMatching(
        /would hold .* of footage and about .* still to come .*, and may hold .* \(PROTECT_MAX_PERCENT 50\)/,
      ) as string,
    };
    await expect(protect('cam_1', 0, -60)).rejects.toMatchObject(refusal);
    await expect(protect('cam_1', 0, -40)).resolves.toMatchObject({ camera_id: 'cam_1' });
    await expect(protect('cam_1', -40, -60, 'the rest of it')).rejects.toMatchObject(refusal);
  });

  it('gives where a camera sends more than was thought: what was there stays, and recording; said once', async () => {
    const asked = [await started.segment(2), await started.segment(1)];
    await protect('cam_1', 3, -29 * 24);
    const later: string[] = [];
    for (let hour = 0; hour < 93; hour++) later.push(await started.segment(-hour));
    started.now.ms = START_MS + 94 * HOUR_MS;
    started.volumes.usedBytes = 950; // the disk has a thousand bytes, and a segment has ten
    await started.janitor.sweep();
    expect(await started.areThere(asked)).toEqual([true, true]);
    const held = 48; // with the two earlier ones, that is half of the disk
    const there = await started.areThere(later);
    expect(there).toEqual(later.map((_, n) => n < held || n >= held + 10)); // down to the low mark
    const gaveFrom = (START_MS + held * HOUR_MS) / 1000;
    expect((await readBudgets(started.config.RECORDINGS_DIR))?.protections).toMatchObject({
      most_bytes: 500,
      given_from: gaveFrom,
    });
    const readiness = async () => (await started.health.readiness()).dependencies['retention'];
    const sentence = expect.stringContaining(
      'protections hold all that they may (PROTECT_MAX_PERCENT). ' +
        `Footage from ${new Date(gaveFrom * 1000).toISOString()} on`,
    ) as string;
    expect(await readiness()).toEqual({ state: 'degraded', sentence });
    started.volumes.usedBytes = 850;
    await started.janitor.sweep();
    expect(await readiness()).toEqual({ state: 'degraded', sentence });
    expect((await started.audit()).filter(({ action }) => action === 'protection_full')).toHaveLength(1);
  });

  it('is said after each pass: how much of the disk is held, and may be', async () => {
    for (const hoursAgo of [3, 2, 1]) await started.segment(hoursAgo);
    await started.segment(0.5, { open: true });
    await protect('cam_1', 2.5, 1.5);
    await protect('cam_1', 2.2, 1.6, 'the same footage');
    await started.janitor.sweep();
    const said = async (): Promise<unknown> => (await readBudgets(started.config.RECORDINGS_DIR))?.protections;
    // A segment has ten bytes, and the disk has a thousand.
    expect(await said()).toEqual({ protected_bytes: 20, most_bytes: 500 });
    await protect('cam_1', 0.1, 0);
    await started.janitor.sweep();
    expect(await said()).toEqual({ protected_bytes: 40, most_bytes: 500 }); // the last hour, and what is being written
  });

  it('is a thousand protections of a camera: each is a file that is read at every pass', async () => {
    const limits = new ProtectionLimits(started.config, { nowMs: () => START_MS + HOUR_MS });
    const wanted = { cameraId: 'cam_1', startMs: START_MS, endMs: START_MS + HOUR_MS };
    const shifted = Array.from({ length: 1000 }, (_, n) => ({ ...wanted, startMs: START_MS + n }));
    await expect(limits.check(wanted, shifted)).resolves.toBeUndefined();
    await expect(limits.check(wanted, [...shifted, wanted])).rejects.toMatchObject({
      code: 'too_many_requests',
      message: expect.stringContaining('at most 1000 protections of camera cam_1') as string,
    });
    await expect(
      limits.check({ ...wanted, cameraId: 'cam_long' }, [...shifted, { ...wanted, cameraId: 'cam_long' }]),
    ).resolves.toBeUndefined();
  });

  it('does not end what was promised: a protection above the limits stays, can be renewed and lifted', async () => {
    const held = await protect('cam_1', 20 * 24, 0);
    const strict = await startJanitor(folder.path, { PROTECT_MAX_DAYS: 5 });
    await strict.protections.refresh();
    expect(strict.protections.holds('cam_1', START_MS - 10 * DAY_MS, START_MS)).toBe(true);
    started = strict;
    expect(await protect('cam_1', 20 * 24, 0)).toMatchObject({ protection_id: held.protection_id });
    await started.protections.unprotect({ protectionId: held.protection_id });
    await expect(
      access(`${started.config.RECORDINGS_DIR}/cam_1/protections/${held.protection_id}.json`),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
