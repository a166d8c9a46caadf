import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ClipJob } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { ClipFolder } from './clip-folder.adapter';

const timestampMs = Date.UTC(2026, 10, 23, 12, 0, 0);
const jobOf = (identity: string): ClipJob => ({
  clipId: 'event_cam_1_1795435200.000',
  identity,
  eventId: identity,
  eventType: 'person',
  cameraId: 'cam_1',
  timestampMs,
  startMs: timestampMs - 10_000,
  endMs: timestampMs + 30_000,
  source: {},
});

describe('ClipFolder', () => {
  let disk: TemporaryFolder;
  let warnings: number;
  const start = (): ClipFolder => new ClipFolder({ CLIPS_DIR: disk.path }, { warn: () => void (warnings += 1) });

  beforeEach(async () => {
    disk = await temporaryFolder();
    warnings = 0;
  });
  afterEach(() => disk.remove());

  it('gives one event one record, however often and however close together it is claimed', async () => {
    const folder = start();
    const records = await Promise.all([1, 2, 3].map(() => folder.claim(jobOf('a'))));
    expect(new Set(records.map(({ job }) => job.clipId)).size).toBe(1);
    expect(folder.openJobs()).toHaveLength(1);
  });

  it('gives two events of one instant two names, and the same ones after a restart', async () => {
    const folder = start();
    const [first, second] = await Promise.all([folder.claim(jobOf('a')), folder.claim(jobOf('b'))]);
    expect(second.job.clipId).toMatch(/^event_cam_1_1795435200\.000_[0-9a-f]{6}$/);
    const later = start();
    expect((await later.claim(jobOf('b'))).job.clipId).toBe(second.job.clipId);
    expect((await later.claim(second.job)).job.clipId).toBe(second.job.clipId);
    expect((await later.claim(jobOf('a'))).job.clipId).toBe(first.job.clipId);
  });

  it('keeps the job that came first', async () => {
    const folder = start();
    await folder.claim(jobOf('a'));
    expect((await folder.claim({ ...jobOf('a'), endMs: 1 })).job.endMs).toBe(timestampMs + 30_000);
  });

  it('finds after a restart what is unfinished, and removes what a dead process left half-made', async () => {
    const folder = start();
    for (const [identity, state] of [['a', 'claimed'], ['b', 'cut'], ['c', 'announced'], ['d', 'failed']] as const) {
      await folder.write({ ...(await folder.claim(jobOf(identity))), state });
    }
    await writeFile(await folder.temporaryPath(jobOf('a'), 'clip.mp4'), 'half');
    const later = start();
    const own = await later.temporaryPath(jobOf('a'), 'clip.mp4');
    await writeFile(own, 'in work');
    await later.takeStock();
    expect(later.openJobs().map(({ identity }) => identity).sort()).toEqual(['a', 'b']);
    const hidden = (await readdir(dirname(own))).filter((name) => name.startsWith('.'));
    expect(hidden.map((name) => own.endsWith(name))).toEqual([true]);
  });

  it('takes a record that a power cut emptied for none', async () => {
    const folder = start();
    const { job } = await folder.claim(jobOf('a'));
    await writeFile(folder.path(job, 'json'), '');
    expect(await start().claim(jobOf('b'))).toMatchObject({ state: 'claimed', job: { identity: 'b' } });
    expect(JSON.parse(await readFile(folder.path(job, 'json'), 'utf8'))).toMatchObject({ job: { identity: 'b' } });
    expect(warnings).toBeGreaterThan(0);
  });

  it('forgets a clip once it is announced or failed', async () => {
    const folder = start();
    const record = await folder.claim(jobOf('a'));
    await folder.write({ ...record, state: 'announced' });
    expect(folder.openJobs()).toEqual([]);
    expect((await folder.claim(jobOf('a'))).state).toBe('announced');
  });
});
