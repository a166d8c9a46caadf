// Exports over HTTP, on the workers as they run: who makes them, what a person sees meanwhile, what is left of them.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORTS_FOLDER, type AuditEntry, type ExportsAnswer, type ExportView } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { TestStream } from '@vr/recorded';
import {
  runToEnd,
  startNats,
  startRedis,
  startWorker,
  temporaryFolder,
  until,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';
import { LiveClient } from '../testing/live-client';

const START_MS = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const at = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();
const DEADLINE_MS = 30_000;

/** The checksums of a file's pictures, in order. */
async function picturesOf(path: string): Promise<string[]> {
  const args = ['-v', 'error', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', 'pipe:1'];
  const { stdout } = await runToEnd('ffmpeg', args);
  const lines = stdout.toString().split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(',').at(-1) ?? '');
}

describe('exports', () => {
  let nats: Server;
  let redis: Server;
  let folder: TemporaryFolder;
  let console_: WorkerProcess;
  let clipper: WorkerProcess;
  let janitor: WorkerProcess;
  const below = (...names: string[]): string => join(folder.path, ...names);
  const settings = (): Record<string, string> => ({
    ...{ NATS_URL: nats.url, REDIS_URL: redis.url, CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s' },
    ...{ RECORDINGS_DIR: below('recordings'), CLIPS_DIR: below('clips'), SNAPSHOTS_DIR: below('snapshots') },
    ...{ OBJECTS_DIR: below('objects'), AUDIT_DIR: below('audit') },
  });

  beforeAll(async () => {
    [nats, redis, folder] = await Promise.all([startNats(), startRedis(), temporaryFolder('exports')]);
    await Promise.all(['clips', 'snapshots', 'objects'].map((name) => mkdir(below(name))));
    const stream = await TestStream.encode(20);
    for (const from of [0, 4, 8, 16]) await stream.record(below('recordings'), 'cam_1', START_MS, from, from + 4);
    [console_, clipper, janitor] = await Promise.all([
      startWorker('console', settings()),
      startWorker('clipper', settings()),
      startWorker('janitor', settings()),
    ]);
    await Promise.all([console_, clipper, janitor].map((worker) => worker.waitReady()));
  }, 200_000);
  afterAll(async () => {
    await Promise.all([console_, clipper, janitor].map((worker) => worker.stop()));
    await Promise.all([nats.stop(), redis.stop()]);
    await folder.remove();
  });

  const call = (path: string, o: RequestInit = {}): Promise<Response> => fetch(`${console_.httpUrl}/api${path}`, o);
  const ask = async (start: number, end: number): Promise<ExportView> => {
    const body = JSON.stringify({ camera_id: 'cam_1', start: at(start), end: at(end) });
    const response = await call('/exports', { method: 'POST', body });
    expect(response.status).toBe(202);
    return (await response.json()) as ExportView;
  };
  const find = async (id: string): Promise<ExportView> => (await (await call(`/exports/${id}`)).json()) as ExportView;
  const over = async (id: string): Promise<ExportView> => {
    const ended = async (): Promise<boolean> => ['ready', 'failed'].includes((await find(id)).state);
    await until(ended, { what: `the end of ${id}`, deadlineMs: DEADLINE_MS });
    return find(id);
  };

  it('has the pictures of the range, says what is missing, and is served in parts', async () => {
    const { export_id: id } = await ask(1, 19);
    const made = await over(id);
    expect(made).toMatchObject({ state: 'ready', partial: true, start: START_MS / 1000 + 1, codec: 'h264' });
    expect(made.gaps).toHaveLength(1);
    const response = await call(`/exports/${id}/file`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.length).toBe(made.size_bytes);
    await writeFile(below('export.mp4'), bytes);
    const asked = `start=${at(1)}&end=${at(19)}`;
    const clip = await call(`/cameras/cam_1/clip.mp4?${asked}`);
    await writeFile(below('clip.mp4'), Buffer.from(await clip.arrayBuffer()));
    const shown = await picturesOf(below('export.mp4'));
    expect(shown.length).toBeGreaterThan(100);
    expect(shown).toEqual(await picturesOf(below('clip.mp4')));

    const tag = response.headers.get('etag') ?? '';
    const part = await call(`/exports/${id}/file`, { headers: { range: 'bytes=100-199', 'if-range': tag } });
    expect([part.status, Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))]).toEqual([206, true]);
    expect((await call(`/exports/${id}/file`, { headers: { 'if-none-match': tag } })).status).toBe(304);
  }, 60_000);

  it('tells open pages how far it is, and what becomes of events and cameras', async () => {
    const page = await LiveClient.open(console_.httpUrl);
    const { export_id: id } = await ask(2, 12);
    const states = (): (string | undefined)[] =>
      page.of('job').map(({ export_id: of, state }) => (of === id ? state : of));
    await page.when('the end of the job', () => states().at(-1) === 'ready');

    const nc = await createClient({ NATS_URL: nats.url });
    const at = START_MS / 1000 + 5;
    for (const camera of ['cam_1', 'cam_9'])
      nc.publish(
        'seguranca.event.motion',
        JSON.stringify({ camera_id: camera, timestamp: at, event_id: `of_${camera}` }),
      );
    nc.publish('seguranca.event.motion', 'no JSON');
    nc.publish('seguranca.record.status', JSON.stringify({ camera_id: 'cam_1', state: 'stalled', since: at }));
    await page.when('the clip', () => page.of('clip').length > 0 && page.of('state').length > 1);
    expect(page.of('event')).toEqual([
      { op: 'event', camera_id: 'cam_1', event_id: 'of_cam_1', event_type: 'motion', at },
    ]);
    expect(page.of('state').at(-1)).toMatchObject({ camera_id: 'cam_1', state: 'stalled' });
    expect(page.of('clip')).toMatchObject([{ camera_id: 'cam_1', event_id: 'of_cam_1', event_type: 'motion', at }]);
    await nc.close();
    await page.close();
  }, 60_000);

  it('is one where it is asked for twice, and goes with its file when it is deleted', async () => {
    const [one, other] = await Promise.all([ask(0, 8), ask(0, 8)]);
    expect(one.export_id).toBe(other.export_id);
    expect((await over(one.export_id)).state).toBe('ready');
    expect((await ask(0, 8)).state).toBe('ready');
    expect((await call(`/exports/${one.export_id}`, { method: 'DELETE' })).status).toBe(200);
    for (const path of [`/exports/${one.export_id}`, `/exports/${one.export_id}/file`])
      expect((await call(path)).status).toBe(404);
    expect((await call(`/exports/${one.export_id}`, { method: 'DELETE' })).status).toBe(404);
    const left = await readdir(below('clips', EXPORTS_FOLDER));
    expect(left.filter((name) => name.includes(one.export_id))).toEqual([]);
    const [day = ''] = await readdir(below('audit'));
    const lines = (await readFile(below('audit', day), 'utf8')).trim().split('\n');
    const deletions = lines.map((line) => JSON.parse(line) as AuditEntry).filter(({ action }) => action === 'delete');
    expect(deletions).toMatchObject([{ who: 'console 127.0.0.1', kind: 'export' }]);
  }, 60_000);

  it('says why there is none: nothing was recorded, or it is longer than a day', async () => {
    const { export_id: id } = await ask(-7200, -7000);
    expect(await over(id)).toMatchObject({ state: 'failed', code: 'no_footage' });
    const body = JSON.stringify({ camera_id: 'cam_1', start: at(0), end: at(90_000) });
    expect((await call('/exports', { method: 'POST', body })).status).toBe(400);
    expect((await call(`/exports/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await call(`/exports/${id}`)).status).toBe(404);
  }, 60_000);

  it('waits while the clipper is away, may be cancelled then, and is made after a kill', async () => {
    await clipper.kill();
    const [wanted, unwanted] = [await ask(2, 10), await ask(3, 10)];
    expect([wanted.state, unwanted.state]).toEqual(['waiting', 'waiting']);
    expect((await call(`/exports/${unwanted.export_id}`, { method: 'DELETE' })).status).toBe(200);
    await writeFile(below('clips', EXPORTS_FOLDER, `.${wanted.export_id}.mp4`), 'half of a file, left by a kill');
    clipper = await startWorker('clipper', settings());
    expect((await over(wanted.export_id)).state).toBe('ready');
    expect((await call(`/exports/${unwanted.export_id}`)).status).toBe(404);
    const left = await readdir(below('clips', EXPORTS_FOLDER));
    expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
  }, 60_000);

  it('is refused where exports have no more room', async () => {
    await clipper.stop();
    clipper = await startWorker('clipper', { ...settings(), EXPORTS_MAX_GB: '0.000001' });
    const { export_id: id } = await ask(4, 10);
    const refused = await over(id);
    expect(refused).toMatchObject({ state: 'failed', code: 'storage_unavailable' });
    expect(refused.message).toContain('EXPORTS_MAX_GB');
  }, 60_000);

  it('shows and serves what is made while Redis is away, and takes no new one', async () => {
    const ready = ((await (await call('/exports')).json()) as ExportsAnswer).exports.find(
      ({ state }) => state === 'ready',
    );
    await redis.stop();
    const body = JSON.stringify({ camera_id: 'cam_1', start: at(5), end: at(9) });
    expect((await call('/exports', { method: 'POST', body })).status).toBe(503);
    const { exports: shown, trouble } = (await (await call('/exports')).json()) as ExportsAnswer;
    expect(shown.map(({ state }) => state)).not.toContain('failed');
    expect(trouble).toContain('Redis');
    const file = await call(ready?.file_path?.replace('/api', '') ?? '');
    expect([file.status, (await file.arrayBuffer()).byteLength]).toEqual([200, ready?.size_bytes]);
  }, 60_000);
});
