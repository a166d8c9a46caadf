import { access, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { segmentPath } from '@vr/footage';
import { createLogger, HealthRegistry, Registry } from '@vr/service';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import type { JanitorConfig } from '../config';
import { CatalogueAdapter } from './catalogue.adapter';
import { ExpiredObjectsAdapter } from './expired-objects.adapter';
import { JanitorMetrics } from './janitor-metrics';
import { JanitorService } from './janitor.service';
import { VolumeAdapter, type Volume } from './volume.adapter';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 10, 23, 12);

class FakeVolumes extends VolumeAdapter {
  usedBytes = 0;
  override read(): Promise<Volume> {
    return Promise.resolve({ totalBytes: 1000, usedBytes: this.usedBytes, freeBytes: 1000 - this.usedBytes, device: 1 });
  }
}
interface FakeObject {
  key: string;
  sizeBytes: number;
  lastModifiedMs: number;
}

async function startJanitor(root: string, more: Partial<JanitorConfig> = {}) {
  const config = {
    RECORDINGS_DIR: join(root, 'recordings'),
    CLIPS_DIR: join(root, 'clips'),
    SNAPSHOTS_DIR: join(root, 'snapshots'),
    CAMERAS_FILE: join(root, 'cameras.yml'),
    CLIPS_BUCKET: 'clips',
    SNAPSHOTS_BUCKET: 'snapshots',
    RETENTION_DAYS: 7,
    CLIP_RETENTION_DAYS: 90,
    SNAPSHOT_RETENTION_DAYS: 30,
    DISK_HIGH_PERCENT: 90,
    DISK_LOW_PERCENT: 85,
    ...more,
  } as JanitorConfig;
  await writeFile(config.CAMERAS_FILE ?? '', 'cameras:\n  - {id: cam_1, url: "rtsp://10.0.0.1/1"}\n  - {id: cam_long, url: "rtsp://10.0.0.2/1", retention_days: 30}\n');
  const now = { ms: START_MS };
  const clock = { nowMs: () => now.ms, monotonicMs: () => now.ms };
  const objects = { clips: [] as FakeObject[], snapshots: [] as FakeObject[], lifecycle: false };
  const store = {
    ensureBucket: () => Promise.resolve(),
    supportsLifecycle: () => Promise.resolve(objects.lifecycle),
    list: async function* (bucket: string) {
      yield* [...objects[bucket as 'clips' | 'snapshots']];
    },
    remove: (bucket: string, key: string) => {
      objects[bucket as 'clips' | 'snapshots'] = objects[bucket as 'clips' | 'snapshots'].filter((object) => object.key !== key);
      return Promise.resolve();
    },
  };
  const logger = createLogger('janitor', 'silent');
  const registry = new Registry();
  const health = new HealthRegistry();
  const volumes = new FakeVolumes();
  const catalogue = new CatalogueAdapter(config);
  const metrics = new JanitorMetrics(registry, clock, catalogue, volumes, logger);
  const janitor = new JanitorService(config, clock, logger, catalogue, new ExpiredObjectsAdapter(config, store), volumes, metrics, health);
  return { janitor, catalogue, config, now, objects, registry, volumes, health };
}

describe('the janitor on real folders', () => {
  let folder: TemporaryFolder;
  let outside: TemporaryFolder;
  let started: Awaited<ReturnType<typeof startJanitor>>;

  beforeEach(async () => {
    [folder, outside] = await Promise.all([temporaryFolder('janitor'), temporaryFolder('outside')]);
    started = await startJanitor(folder.path);
  });
  afterEach(async () => {
    await folder.remove();
    await outside.remove();
  });

  const put = async (path: string, o: { content?: string; madeMs?: number } = {}): Promise<string> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, o.content ?? '0123456789');
    const made = new Date(o.madeMs ?? started.now.ms);
    await utimes(path, made, made);
    return path;
  };
  const segment = (hoursAgo: number, o: { camera?: string; open?: boolean } = {}): Promise<string> =>
    put(segmentPath(started.config.RECORDINGS_DIR, o.camera ?? 'cam_1', START_MS - hoursAgo * HOUR_MS, o.open ? undefined : HOUR_MS));
  const clip = async (daysAgo: number, state: string): Promise<string> => {
    const timestampMs = START_MS - daysAgo * DAY_MS;
    const name = `event_cam_1_${(timestampMs / 1000).toFixed(3)}`;
    const base = join(started.config.CLIPS_DIR, 'cam_1', new Date(timestampMs).toISOString().slice(0, 10), name);
    const job = { clipId: name, identity: name, eventId: 'e', eventType: 't', cameraId: 'cam_1', timestampMs, startMs: timestampMs, endMs: timestampMs + 1, source: {} };
    await put(`${base}.mp4`, { madeMs: timestampMs });
    await put(`${base}.jpg`, { madeMs: timestampMs });
    await put(`${base}.json`, { madeMs: timestampMs, content: JSON.stringify({ state, job }) });
    return base;
  };
  const isThere = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
  const metric = async (name: string): Promise<Record<string, number>> => {
    const { values } = (await started.registry.getSingleMetric(name)?.get()) ?? { values: [] };
    return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(','), value]));
  };

  it('deletes as time passes, each camera by its own days, and the empty folders', async () => {
    const [old, young, ofOther] = [await segment(100), await segment(2), await segment(100, { camera: 'cam_long' })];
    await started.janitor.sweep();
    expect(await Promise.all([old, young, ofOther].map(isThere))).toEqual([true, true, true]);
    started.now.ms = START_MS + 4 * DAY_MS;
    await started.janitor.sweep();
    expect(await Promise.all([old, young, ofOther].map(isThere))).toEqual([false, true, true]);
    expect(await isThere(dirname(old))).toBe(false);
    started.now.ms = START_MS + 30 * DAY_MS;
    await started.janitor.sweep();
    expect(await Promise.all([young, ofOther].map(isThere))).toEqual([false, false]);
    expect(await metric('retention_deleted_bytes_total')).toEqual({ 'footage,age': 30 });
  });

  it('leaves what it does not know, links, and everything outside', async () => {
    const recordings = started.config.RECORDINGS_DIR;
    const day = '2020-01-02';
    const ours = 'cam_1_20200102_030405.678Z_1000.mp4';
    const precious = [
      await put(join(outside.path, day, ours)),
      await put(join(recordings, 'cam_1', day, 'holiday.mp4')),
      await put(join(recordings, 'cam_1', day, 'cam_2_20200102_030405.678Z_1000.mp4')), // another camera's
      await put(join(recordings, 'cam_1', '2020-01-03', ours)), // another day's
      await put(join(recordings, 'cam_1', 'export', ours)),
      await put(join(recordings, ours)),
      await put(join(recordings, 'cam_1', 'state.json')),
      await put(join(recordings, '.quarantine', ours)),
      await put(join(recordings, 'not a camera', day, ours)),
    ];
    await mkdir(join(recordings, 'cam_3'), { recursive: true });
    await symlink(outside.path, join(recordings, 'cam_2'));
    await symlink(join(outside.path, day), join(recordings, 'cam_3', day));
    await symlink(join(outside.path, day, ours), join(recordings, 'cam_1', day, ours));
    await mkdir(join(recordings, 'cam_1', '2020-01-04', 'cam_1_20200104_030405.678Z_1000.mp4'), { recursive: true });
    started.volumes.usedBytes = 1000;
    await started.janitor.sweep();
    expect(await Promise.all(precious.map(isThere))).toEqual(precious.map(() => true));
    expect(await readdir(join(recordings, 'cam_1', day))).toContain(ours);
    expect(await metric('retention_deleted_bytes_total')).toEqual({});
  });

  it('deletes nothing through a folder that became a link after it was listed', async () => {
    const recordings = started.config.RECORDINGS_DIR;
    const fileName = 'cam_1_20200102_030405.678Z_1000.mp4';
    const precious = await put(join(outside.path, fileName));
    await mkdir(join(recordings, 'cam_1'), { recursive: true });
    await symlink(outside.path, join(recordings, 'cam_1', '2020-01-02'));
    await expect(started.catalogue.remove({ tree: 'recordings', cameraId: 'cam_1', day: '2020-01-02', fileName })).rejects.toThrow(/leads elsewhere/);
    expect(await isThere(precious)).toBe(true);
  });

  it('never deletes the open segment, however full and old', async () => {
    const open = await segment(24 * 20, { open: true });
    started.volumes.usedBytes = 1000;
    await started.janitor.sweep();
    expect(await isThere(open)).toBe(true);
  });

  it('makes room oldest first over all cameras, then from clips that the store holds, their records kept', async () => {
    const segments = [await segment(9), await segment(8, { camera: 'cam_long' }), await segment(7), await segment(6)];
    started.volumes.usedBytes = 900;
    const unfinished = await clip(3, 'cut');
    const announced = await clip(2, 'announced');
    started.volumes.usedBytes = 905;
    await started.janitor.sweep();
    // 55 bytes are wanted: all four segments (40), then the only clip that may go (10).
    expect(await Promise.all(segments.map(isThere))).toEqual([false, false, false, false]);
    expect(await Promise.all(['mp4', 'jpg', 'json'].map((extension) => isThere(`${announced}.${extension}`)))).toEqual([false, true, true]);
    expect(await Promise.all(['mp4', 'jpg', 'json'].map((extension) => isThere(`${unfinished}.${extension}`)))).toEqual([true, true, true]);
    expect(await metric('retention_deleted_bytes_total')).toEqual({ 'footage,space': 40, 'clip,space': 10 });
    expect((await started.health.readiness()).dependencies['retention']).toMatchObject({ state: 'degraded', sentence: expect.stringContaining('full of something else') as string });
  });

  it('stops making room at the low mark', async () => {
    const segments = [await segment(9), await segment(8, { camera: 'cam_long' }), await segment(7)];
    started.volumes.usedBytes = 900;
    started.config.DISK_LOW_PERCENT = 88.5;
    await started.janitor.sweep();
    expect(await Promise.all(segments.map(isThere))).toEqual([false, false, true]);
  });

  it('deletes nothing while the clock is wrong, and says so', async () => {
    const [old, newest] = [await segment(24 * 30), await segment(1)];
    for (const ms of [Date.UTC(1970, 0, 1), START_MS - 3 * HOUR_MS]) {
      started.now.ms = ms;
      await started.janitor.sweep();
    }
    expect(await Promise.all([old, newest].map(isThere))).toEqual([true, true]);
    expect((await started.health.readiness()).dependencies['retention']).toMatchObject({ state: 'degraded', sentence: expect.stringContaining('clock says') as string });
  });

  it('ages clips and snapshots from when they were made', async () => {
    const [old, young] = [await clip(91, 'failed'), await clip(89, 'announced')];
    const snapshots = join(started.config.SNAPSHOTS_DIR, 'cam_1', '2026-10-01');
    const oldSnapshot = await put(join(snapshots, 'cam_1_2026-10-01T10:00:00.000Z.jpg'), { madeMs: Date.UTC(2026, 9, 1, 10) });
    const lateSnapshot = await put(join(snapshots, 'cam_1_2026-10-01T11:00:00.000Z.jpg'), { madeMs: START_MS - DAY_MS });
    await started.janitor.sweep();
    expect(await Promise.all([`${old}.mp4`, `${old}.json`, `${young}.mp4`, oldSnapshot, lateSnapshot].map(isThere))).toEqual([false, false, true, false, true]);
    expect(await isThere(dirname(old))).toBe(false);
  });

  it('keeps the notes on interruptions until the day and the last interruption are old', async () => {
    const recordings = started.config.RECORDINGS_DIR;
    const old = await put(join(recordings, 'cam_1', '2026-11-01', 'gaps.jsonl'), { madeMs: Date.UTC(2026, 10, 1, 9) });
    const long = await put(join(recordings, 'cam_1', '2026-11-02', 'gaps.jsonl'), { madeMs: START_MS - DAY_MS });
    await started.janitor.sweep();
    expect(await Promise.all([isThere(dirname(old)), isThere(long)])).toEqual([false, true]);
  });

  it('expires objects only where the store does not', async () => {
    const key = 'cam_1/2026-08-01/event_cam_1_1785578400.000.mp4';
    const foreign = { key: 'backup/2026-08-01/other.mp4', sizeBytes: 5, lastModifiedMs: 0 };
    started.objects.clips = [{ key, sizeBytes: 5, lastModifiedMs: 1_785_578_400_000 }, foreign];
    started.objects.lifecycle = true;
    await started.janitor.sweep();
    expect(started.objects.clips).toHaveLength(2);
    started.objects.lifecycle = false;
    await started.janitor.sweep();
    expect(started.objects.clips).toEqual([foreign]);
    expect(await metric('retention_deleted_bytes_total')).toEqual({ 'clip_object,age': 5 });
  });

  it('measures what is there when it is asked', async () => {
    await segment(5);
    await segment(3);
    await segment(1, { open: true, camera: 'cam_long' });
    expect(await metric('recording_disk_usage_gb')).toEqual({ '': 30e-9 });
    expect(await metric('recording_disk_usage_bytes')).toEqual({ cam_1: 20, cam_long: 10 });
    expect(await metric('recording_oldest_file_age_hours')).toEqual({ '': 5 });
    expect(await metric('recording_oldest_file_age_seconds')).toEqual({ cam_1: 18_000, cam_long: 3600 });
    expect(await metric('disk_free_bytes')).toEqual({ recordings: 1000, clips: 1000, snapshots: 1000 });
    started.now.ms += HOUR_MS;
    await segment(0);
    expect(await metric('recording_disk_usage_bytes')).toEqual({ cam_1: 30, cam_long: 10 });
  });

  it('refuses marks that cross', async () => {
    await expect(startJanitor(folder.path, { DISK_LOW_PERCENT: 90 })).rejects.toThrow(/DISK_LOW_PERCENT: wanted less/);
  });

  it('keeps the last known retention when the cameras cannot be read', async () => {
    const ofOther = await segment(10 * 24, { camera: 'cam_long' });
    await writeFile(started.config.CAMERAS_FILE ?? '', 'cameras: [');
    await started.janitor.sweep();
    expect(await isThere(ofOther)).toBe(true);
    expect(await readFile(ofOther, 'utf8')).toBe('0123456789');
  });
});

it('reads a real file system', async () => {
  const volume = await new VolumeAdapter().read('/');
  expect(volume?.totalBytes).toBeGreaterThan(0);
  expect(await new VolumeAdapter().read('/not there at all')).toBeUndefined();
});
