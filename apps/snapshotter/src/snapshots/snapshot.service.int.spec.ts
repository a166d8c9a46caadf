import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cameraConfig, ContractError, SUBJECTS, type SnapshotRequest } from '@vr/contracts';
import { createRegistry } from '@vr/service';
import { SnapshotFolder } from './snapshot-folder.adapter';
import { SnapshotMetrics } from './snapshot-metrics';
import { SnapshotService } from './snapshot.service';

const NOW_MS = Date.UTC(2026, 10, 23, 2, 15, 0, 123);
const REQUEST: SnapshotRequest = { cameraId: 'cam_1', reason: 'check', timestampMs: NOW_MS - 60_000, requestId: 'r', source: {} };

describe('SnapshotService', () => {
  let folder: string;
  let published: { subject: string; payload: unknown }[];
  let putFile: () => Promise<void>;
  let publish: (subject: string, payload: unknown) => Promise<void>;
  let metrics: SnapshotMetrics;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
    published = [];
    putFile = async () => undefined;
    publish = async (subject, payload) => void published.push({ subject, payload });
    metrics = new SnapshotMetrics(createRegistry());
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function service(): SnapshotService {
    return new SnapshotService(
      { SNAPSHOTS_BUCKET: 'snapshots' },
      { nowMs: () => NOW_MS, monotonicMs: () => 0 },
      { warn: () => undefined, error: () => undefined },
      { get: async () => cameraConfig.parse({ id: 'cam_1', url: 'rtsp://10.0.0.5/1' }) },
      { fresh: () => undefined },
      { fetch: () => Promise.reject(new Error('not asked for here')) },
      {
        now: () => Promise.reject(new Error('not asked for here')),
        at: async (_, momentMs, work) => {
          const path = join(work, 'picture.jpg');
          await writeFile(path, 'picture');
          return { path, capturedMs: momentMs, width: 2, height: 1 };
        },
      },
      new SnapshotFolder({ SNAPSHOTS_DIR: folder }),
      { putFile: () => putFile(), url: async (bucket, key) => `http://store/${bucket}/${key}` },
      { publish: (subject, payload) => publish(subject, payload) },
      metrics,
    );
  }

  it('announces what it replies', async () => {
    const ready = await service().take(REQUEST);
    const key = 'cam_1/2026-11-23/cam_1_2026-11-23T02-14-00.123Z.jpg';
    expect(ready).toMatchObject({ key, url: `http://store/snapshots/${key}`, snapshot_id: 'cam_1_2026-11-23T02-14-00.123Z', captured_at: (NOW_MS - 60_000) / 1000 });
    expect(ready.sha256).toBe(createHash('sha256').update('picture').digest('hex'));
    expect(published).toEqual([{ subject: SUBJECTS.snapshotReady, payload: ready }]);
  });

  it('keeps the picture on disk where the store is away, and says so', async () => {
    putFile = () => Promise.reject(new ContractError('storage_unavailable', 'the store is away'));
    await expect(service().take(REQUEST)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(published).toEqual([
      { subject: SUBJECTS.snapshotFailed, payload: { camera_id: 'cam_1', request_id: 'r', code: 'storage_unavailable', message: 'the store is away', timestamp: (NOW_MS - 60_000) / 1000 } },
    ]);
    expect(await readFile(join(folder, 'cam_1/2026-11-23/cam_1_2026-11-23T02-14-00.123Z.jpg'), 'utf8')).toBe('picture');
    expect((await metrics.generated.get()).values[0]?.value).toBe(0);
  });

  it('never shows an error of ours to outsiders', async () => {
    putFile = () => Promise.reject(new Error('rtsp://admin:secret@10.0.0.5'));
    await expect(service().take(REQUEST)).rejects.toThrow();
    expect(JSON.stringify(published)).not.toContain('secret');
    expect(published[0]?.payload).toMatchObject({ code: 'internal' });
  });

  it('fails with the first reason where not even the failure can be announced', async () => {
    putFile = () => Promise.reject(new ContractError('storage_unavailable', 'the store is away'));
    publish = () => Promise.reject(new Error('NATS is away'));
    await expect(service().take(REQUEST)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('gives snapshots of one instant a name each', async () => {
    const one = service();
    const ids = (await Promise.all([1, 2, 3].map(() => one.take(REQUEST)))).map(({ snapshot_id }) => snapshot_id);
    expect(ids.sort()).toEqual(['', '_2', '_3'].map((suffix) => `cam_1_2026-11-23T02-14-00.123Z${suffix}`));
  });
});
