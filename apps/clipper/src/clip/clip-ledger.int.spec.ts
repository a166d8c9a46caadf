import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cameraId, clipId, clipWindow, type ClipRecord } from '@vr/contracts';
import { footageOf, wantedFootage } from '@vr/library';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { jobOf, Life, timestampMs } from '../testing/ledger-life';

let disk: TemporaryFolder;
beforeEach(async () => {
  disk = await temporaryFolder();
});
afterEach(() => disk.remove());

describe('ClipLedger', () => {
  const start = (): Life => new Life(disk.path);

  it('gives one event one record, however often and however close together it is claimed', async () => {
    const life = start();
    const records = await Promise.all([1, 2, 3].map(() => life.claim(jobOf('a'))));
    expect(new Set(records.map(({ job }) => job.clipId)).size).toBe(1);
    expect(await life.open()).toEqual(['a']);
  });

  it('gives two events of one instant two names, and the same ones after a restart', async () => {
    const life = start();
    const [first, second] = await Promise.all([life.claim(jobOf('a')), life.claim(jobOf('b'))]);
    expect(second.job.clipId).toMatch(/^event_cam_1_1795435200\.000_[0-9a-f]{6}$/);
    const later = start();
    expect((await later.claim(jobOf('b'))).job.clipId).toBe(second.job.clipId);
    expect((await later.claim(second.job)).job.clipId).toBe(second.job.clipId);
    expect((await later.claim(jobOf('a'))).job.clipId).toBe(first.job.clipId);
  });

  it('keeps the job that came first', async () => {
    const life = start();
    await life.claim(jobOf('a'));
    expect((await life.claim({ ...jobOf('a'), endMs: 1 })).job.endMs).toBe(timestampMs + 30_000);
  });

  it.each([
    ['claimed', 'claimed'],
    ['announced', 'announced'],
    ['failed', 'failed'],
  ] as const)(
    'gives an event that comes again by its id with another timestamp its own clip, %s, also after a restart',
    async (_, state) => {
      const life = start();
      const first = await life.claim(jobOf('id:cam_1:a'));
      await life.ledger.write({ ...first, state });
      expect(await life.claim(jobOf('id:cam_1:a', 5))).toMatchObject({ state, job: first.job });
      const later = start();
      await later.ledger.takeStock();
      expect(await later.claim(jobOf('id:cam_1:a', 9))).toMatchObject({ state, job: first.job });
      expect(
        (await readdir(dirname(await life.folder.path(first.job, 'json')))).filter((name) => name.endsWith('.json')),
      ).toHaveLength(1);
    },
  );

  it('keeps an event whose clock was ahead in the folder of the day that its name says', async () => {
    const life = start();
    const ahead = { ...jobOf('a', 43_300), timestampMs: timestampMs + 43_100_000 };
    const { job } = await life.claim(ahead);
    expect(await life.folder.path(job, 'json')).toContain('/2026-11-24/');
  });

  it('finds after a restart what is unfinished, and removes what a dead process left half-made', async () => {
    const life = start();
    for (const [identity, state] of [
      ['a', 'claimed'],
      ['b', 'cut'],
      ['c', 'announced'],
      ['d', 'failed'],
    ] as const) {
      await life.ledger.write({ ...(await life.claim(jobOf(identity))), state });
    }
    await writeFile(await life.folder.temporaryPath(jobOf('a'), 'clip.mp4'), 'half');
    const later = start();
    const own = await later.folder.temporaryPath(jobOf('a'), 'clip.mp4');
    await writeFile(own, 'in work');
    await later.ledger.takeStock();
    expect(await later.open()).toEqual(['a', 'b']);
    const hidden = (await readdir(dirname(own))).filter((name) => name.startsWith('.'));
    expect(hidden.map((name) => own.endsWith(name))).toEqual([true]);
  });

  it('takes a record that a power cut emptied for none', async () => {
    const life = start();
    const { job } = await life.claim(jobOf('a'));
    await writeFile(await life.folder.path(job, 'json'), '');
    const later = start();
    expect(await later.claim(jobOf('b'))).toMatchObject({ state: 'claimed', job: { identity: 'b' } });
    expect(JSON.parse(await readFile(await life.folder.path(job, 'json'), 'utf8'))).toMatchObject({
      job: { identity: 'b' },
    });
    expect(later.warnings).toBeGreaterThan(0);
  });

  it('forgets a clip once it is announced or failed', async () => {
    const life = start();
    const record = await life.claim(jobOf('a'));
    await life.ledger.write({ ...record, state: 'announced' });
    expect(await life.open()).toEqual([]);
    expect((await life.claim(jobOf('a'))).state).toBe('announced');
  });

  it('makes a clip of every event where nothing is to be merged', async () => {
    const life = start();
    await life.claim(jobOf('a'));
    expect((await life.claim(jobOf('b', 5))).job.identity).toBe('b');
    expect(await life.open()).toEqual(['a', 'b']);
  });
});

describe('ClipLedger, merging', () => {
  const start = (): Life => new Life(disk.path, 'overlapping');
  const members = (record: ClipRecord): string[] => [
    record.job.identity,
    ...(record.members ?? []).map(({ identity }) => identity),
  ];

  it('makes one clip of overlapping windows, as long as it may be, and says which footage it wants', async () => {
    const life = start();
    const first = await life.claim(jobOf('a'));
    expect(members(await life.claim(jobOf('b', 5)))).toEqual(['a', 'b']);
    const grown = await life.claim(jobOf('c', 20));
    expect(grown.job.clipId).toBe(first.job.clipId);
    expect(clipWindow(grown)).toEqual({ startMs: timestampMs - 10_000, endMs: timestampMs + 50_000 });
    expect(wantedFootage({ state: grown.state, footage: footageOf(grown), hasVideo: false })).toEqual({
      cameraId: 'cam_1',
      startMs: timestampMs - 40_000, // from the key frame before it on
      endMs: timestampMs + 50_000,
    });
    const beyond = await life.claim(jobOf('d', 21));
    expect(members(beyond)).toEqual(['d']);
    expect(await life.open()).toEqual(['a', 'd']);
  });

  it('keeps other cameras, windows that do not touch, and requests by hand apart', async () => {
    const life = start();
    await life.claim(jobOf('a'));
    const other = {
      ...jobOf('x'),
      cameraId: cameraId.parse('cam_2'),
      clipId: clipId.parse('event_cam_2_1795435200.000'),
    };
    expect(members(await life.claim(other))).toEqual(['x']);
    expect(members(await life.claim({ ...jobOf('y', 40), startMs: timestampMs + 30_000 }))).toEqual(['y']);
    const byHand = {
      clipId: clipId.parse('clip_cam_1_1795435201.000_1795435211.000'),
      startMs: timestampMs + 1000,
      endMs: timestampMs + 11_000,
    };
    expect(members(await life.claim({ ...jobOf('manual:z', 1), ...byHand }))).toEqual(['manual:z']);
  });

  it('gives an event that is sent again the clip that it is part of, also after a restart', async () => {
    const life = start();
    await life.claim(jobOf('a'));
    await life.claim(jobOf('b', 5));
    for (const again of [life, start()]) expect(members(await again.claim(jobOf('b', 5)))).toEqual(['a', 'b']);
  });

  it('lets nobody in once the cut has begun, and again when it did not succeed', async () => {
    const life = start();
    const { job } = await life.claim(jobOf('a'));
    await life.ledger.seal(job);
    expect(members(await life.claim(jobOf('b', 5)))).toEqual(['b']);
    life.ledger.unseal(job);
    expect(members(await life.claim(jobOf('c', 6)))).toEqual(['a', 'c']);
    await life.ledger.write({ ...(await life.claim(jobOf('a'))), state: 'cut' });
    await life.ledger.write({ ...(await life.claim(jobOf('b', 5))), state: 'cut' });
    expect(members(await life.claim(jobOf('d', 7)))).toEqual(['d']);
  });

  it.each([
    ['the clip is still open: it joins', 'claimed', ['a', 'b']],
    ['the clip was cut meanwhile: it gets one of its own', 'announced', ['b']],
  ] as const)(
    'loses no event that was killed between its record and that of the clip: %s',
    async (_, state, expected) => {
      const life = start();
      const host = await life.claim(jobOf('a'));
      await life.claim(jobOf('b', 5));
      await life.folder.write({ ...host, state }); // as it was before it listed b
      const later = start();
      await later.ledger.takeStock();
      expect(await later.open()).toEqual(state === 'claimed' ? ['a'] : ['b']);
      expect(members(await later.claim(jobOf('b', 5)))).toEqual(expected);
    },
  );

  it('leaves events alone whose clip retention has taken', async () => {
    const life = start();
    const { job } = await life.claim(jobOf('a'));
    await life.claim(jobOf('b', 5));
    await rm(await life.folder.path(job, 'json'));
    const later = start();
    await later.ledger.takeStock();
    expect(await later.open()).toEqual([]);
  });

  it('gives every event of a clip back, with all that was sent', async () => {
    const life = start();
    await life.claim(jobOf('a'));
    const record = await life.claim({ ...jobOf('b', 5), source: { confidence: 0.5 } });
    expect(await life.ledger.events(record)).toEqual([jobOf('a'), { ...jobOf('b', 5), source: { confidence: 0.5 } }]);
  });
});
