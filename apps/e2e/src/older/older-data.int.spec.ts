// An older version was killed in the middle of its work and left this data. This version's workers read it, finish it
// and keep its promises. apps/e2e/fixtures/README.md says how it was made.
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@vr/base';
import { clipReady, clipRecord, snapshotReady, snapshotRecord } from '@vr/contracts';
import { checkFootage, listSegments, type Segment } from '@vr/footage';
import { createClient } from '@vr/messaging';
import {
  freePort,
  REPOSITORY,
  runToEnd,
  startCamera,
  startNats,
  startRedis,
  startWorker,
  temporaryFolder,
  until,
  type App,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { metric } from '../stack';
import { fillRedis, type RedisContent } from './redis-content';

const OLDER = join(REPOSITORY, 'apps/e2e/fixtures/data-of-19715871');
const CAMERAS = ['cam_1', 'cam_2', 'cam_3'];
const FOR_EVER_DAYS = '36500';
const HOUR_AND_MORE_MS = 3_700_000;
/** What the older version had begun and not announced. */
const UNFINISHED = { clips: ['cut', 'delayed', 'joins', 'uploaded', 'waiting'], snapshots: ['claimed', 'taken'] };

describe('data of the version before', () => {
  let folder: TemporaryFolder;
  let nats: Server;
  let redis: Server;
  let connection: Redis;
  let queue: Queue;
  let client: Awaited<ReturnType<typeof createClient>>;
  let console: WorkerProcess;
  let environment: Record<string, string>;
  /** What was recorded before is the older version's. */
  let startedMs: number;
  const workers: WorkerProcess[] = [];
  const heard: { subject: string; payload: Record<string, unknown> }[] = [];

  const at = (...names: string[]): string => join(folder.path, ...names);
  const start = async (app: App, more: Record<string, string> = {}): Promise<WorkerProcess> => {
    const worker = await startWorker(app, { ...environment, ...more });
    workers.push(worker);
    return worker;
  };
  const saidOf = (subject: string): string[] =>
    heard
      .filter((message) => message.subject === subject)
      .map(({ payload }) => String(payload['event_id'] ?? payload['request_id']));
  const filesBelow = async (name: string, ending: string): Promise<string[]> =>
    (await readdir(at(name), { recursive: true })).filter((path) => path.endsWith(ending)).sort();
  const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
  const api = (path: string): Promise<Response> => fetch(`${console.httpUrl}/api/${path}`);

  /** Records each camera again for a moment, because only then its open segment is finished. */
  async function recoveredByToday(): Promise<void> {
    const open = await filesBelow('recordings', '.part.mp4');
    expect(open.map((path) => path.slice(0, 5))).toEqual(['cam_1', 'cam_2']); // of a settled run, and of a young one
    const cameras = await startCamera({ cameras: [1, 2], size: '128x72' });
    const urls = [1, 2].map((n) => [`CAMERA_CAM_${n}_URL`, cameras.url(n)]);
    const recorder = await start('recorder', Object.fromEntries(urls) as Record<string, string>);
    await until(async () => (await filesBelow('recordings', '.part.mp4')).every((path) => !open.includes(path)), {
      what: 'the end of recovery',
      deadlineMs: 60_000,
    });
    await recorder.stop();
    await cameras.stop();
  }
  const olderSegments = async (cameraId: string): Promise<Segment[]> =>
    (await listSegments(at('recordings'), cameraId)).filter(({ startMs }) => startMs < startedMs);

  beforeAll(async () => {
    startedMs = Date.now();
    folder = await temporaryFolder('older');
    await cp(OLDER, folder.path, { recursive: true });
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    await fillRedis(connection, (await json(at('redis.json'))) as RedisContent);
    queue = new Queue('clips-node1', { connection, skipVersionCheck: true });
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe('seguranca.record.*.*', {
      callback: (_, message) => void heard.push({ subject: message.subject, payload: message.json() }),
    });
    await client.flush();
    const consolePort = await freePort();
    environment = {
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      RECORDINGS_DIR: at('recordings'),
      CLIPS_DIR: at('clips'),
      SNAPSHOTS_DIR: at('snapshots'),
      OBJECTS_DIR: at('objects'),
      CONSOLE_PUBLIC_URL: `http://127.0.0.1:${consolePort}`,
      // The footage is as old as the fixture, and is kept all the same.
      RETENTION_DAYS: FOR_EVER_DAYS,
      CLIP_RETENTION_DAYS: FOR_EVER_DAYS,
      SNAPSHOT_RETENTION_DAYS: FOR_EVER_DAYS,
      DISK_HIGH_PERCENT: '99',
      DISK_LOW_PERCENT: '98',
      ...Object.fromEntries(CAMERAS.map((id) => [`CAMERA_${id.toUpperCase()}_URL`, 'rtsp://127.0.0.1:1/nobody'])),
    };
    console = await start('console', { HTTP_PORT: `${consolePort}` });
    await recoveredByToday();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await queue.close();
    connection.disconnect();
    await client.close();
    await Promise.all([nats.stop(), redis.stop()]);
    await folder.remove();
  });

  it('is whole footage for the truth check, with its gaps and why', async () => {
    const report = await checkFootage({ recordingsDir: at('recordings'), clock: systemClock, recorderStopped: true });
    expect(report.findings).toEqual([]);
    const answer = await api('cameras/cam_3/timeline?start=2026-11-28T02:00:00Z&end=2026-11-28T04:00:00Z');
    const { gaps } = (await answer.json()) as { gaps: { reason: string }[] };
    expect(gaps.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['recorder_killed', 'camera_disconnected']),
    );
  });

  it('plays: each picture of every segment is in the playlist and in clip.mp4', async () => {
    for (const cameraId of CAMERAS) {
      const segments = await olderSegments(cameraId);
      const pictures = await Promise.all(segments.map(({ path }) => picturesIn(path)));
      const wanted = pictures.reduce((sum, count) => sum + count, 0);
      const range = `start=${segments[0]?.startMs ?? ''}&end=${segments.at(-1)?.endMs ?? ''}`;
      expect(await picturesIn(`${console.httpUrl}/api/cameras/${cameraId}/footage.m3u8?${range}`)).toBe(wanted);
      const clip = await api(`cameras/${cameraId}/clip.mp4?${range}`);
      expect(decodeURIComponent(clip.headers.get('x-gaps') ?? '')).toContain('recorder_killed');
      await writeFile(at(`${cameraId}.mp4`), Buffer.from(await clip.arrayBuffer()));
      expect(await picturesIn(at(`${cameraId}.mp4`))).toBe(wanted);
      expect(wanted).toBeGreaterThan(500);
    }
  }, 60_000);

  it('has clips and snapshots in every state: the unfinished ones are stored and announced, each once', async () => {
    const makers = await Promise.all([start('clipper'), start('snapshotter')]);
    const [clips, snapshots] = ['seguranca.record.clip.ready', 'seguranca.record.snapshot.ready'] as const;
    const allSaid = (subject: string, wanted: readonly string[]): Promise<unknown> =>
      until(() => wanted.every((id) => saidOf(subject).includes(id)), {
        what: `${subject} of ${wanted.join(', ')}`,
        deadlineMs: 60_000,
      });
    await allSaid(clips, UNFINISHED.clips);
    await allSaid(snapshots, UNFINISHED.snapshots);

    // A later life finds nothing left to do, and knows the events that are over.
    await Promise.all(makers.map((worker) => worker.stop()));
    const later = await Promise.all([start('clipper'), start('snapshotter')]);
    // A request is heard or not: no stream keeps it for a worker that is not connected yet.
    await Promise.all(later.map((worker) => worker.waitReady()));
    const over = heard.find(({ payload }) => payload['event_id'] === 'uploaded')?.payload['source'];
    client.publish('seguranca.event.person', JSON.stringify(over));
    const [segment] = await listSegments(at('recordings'), 'cam_2');
    const startSeconds = (segment?.startMs ?? NaN) / 1000 + 1;
    const request = { camera_id: 'cam_2', request_id: 'of today' };
    client.publish('seguranca.record.clip', JSON.stringify({ ...request, start: startSeconds, end: startSeconds + 4 }));
    client.publish('seguranca.record.snapshot', JSON.stringify({ ...request, timestamp: startSeconds }));
    await allSaid(clips, ['of today']);
    await allSaid(snapshots, ['of today']);
    expect(saidOf(clips).sort()).toEqual([...UNFINISHED.clips, 'of today'].sort());
    expect(saidOf(snapshots).sort()).toEqual([...UNFINISHED.snapshots, 'of today'].sort());
    expect(heard.filter(({ subject }) => subject.endsWith('.failed'))).toEqual([]);

    for (const { subject, payload } of heard.filter((message) => message.subject.endsWith('.ready'))) {
      const { url, sha256 } = (subject === clips ? clipReady : snapshotReady).parse(payload);
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect(heard.find(({ payload }) => payload['event_id'] === 'cut')?.payload).toMatchObject({
      partial: false,
      source: { note: 'ü', post_seconds: 10 },
    });
    expect(heard.find(({ payload }) => payload['event_id'] === 'waiting')?.payload).toMatchObject({ partial: true });
  }, 150_000);

  it('ends with records and jobs that are all over', async () => {
    const clips = await Promise.all((await filesBelow('clips', '.json')).map((path) => json(at('clips', path))));
    expect(new Set(clips.map((record) => clipRecord.parse(record).state))).toEqual(
      new Set(['announced', 'failed', 'merged']),
    );
    await until(async () => (await readdir(at('snapshots/.outbox'))).length === 0, {
      what: 'an empty outbox',
      deadlineMs: 20_000,
    });
    const snapshots = await Promise.all(
      (await filesBelow('snapshots', '.json')).map((path) => json(at('snapshots', path))),
    );
    expect(new Set(snapshots.map((record) => snapshotRecord.parse(record).state))).toEqual(
      new Set(['announced', 'failed']),
    );
    await until(
      async () => {
        const { active, delayed, waiting, completed, failed } = await queue.getJobCounts();
        return active === 0 && delayed === 0 && waiting === 0 && completed === 7 && failed === 1;
      },
      { what: 'seven jobs done, and the one that had failed', deadlineMs: 20_000 },
    );
  }, 40_000);

  it('is deleted by rule, not before the clock is believed, and not where it is protected', async () => {
    const camerasFile = at('cameras.yaml');
    const entry = (id: string, days: string): string =>
      `  - {id: ${id}, url: 'rtsp://127.0.0.1:1/x', retention_days: ${days}}`;
    await writeFile(
      camerasFile,
      ['cameras:', entry('cam_1', FOR_EVER_DAYS), entry('cam_2', '0.001'), entry('cam_3', '0.001')].join('\n'),
    );
    const before = await filesBelow('recordings', '.mp4');
    const memory = at('recordings/.janitor.json');
    /** Runs a janitor's first pass. Then an hour goes by for all that it remembers. */
    const pass = async (): Promise<string> => {
      const janitor = await start('janitor', { CAMERAS_FILE: camerasFile });
      await until(async () => (await metric(janitor, 'retention_last_pass_timestamp_seconds')) > 0, {
        what: 'a pass of the janitor',
        deadlineMs: 30_000,
      });
      await janitor.stop();
      const text = await readFile(memory, 'utf8');
      await writeFile(
        memory,
        text.replace(/\d{13}/g, (ms) => `${Number(ms) - HOUR_AND_MORE_MS}`),
      );
      return janitor.logs.join('\n');
    };
    // This janitor did not run for days, as if years had gone by.
    const remembered = (await json(memory)) as { seenMs: number };
    await writeFile(memory, JSON.stringify({ ...remembered, seenMs: remembered.seenMs - 3 * 86_400_000 }));
    expect(await pass()).toMatch(/did not run for days: nothing is deleted before/);
    expect(await filesBelow('recordings', '.mp4')).toEqual(before);
    await pass(); // which only announces that most of two cameras goes
    expect(await filesBelow('recordings', '.mp4')).toEqual(before);
    await pass();

    const [kept] = (await listProtected(at('recordings/cam_2/protections'))).filter(
      ({ reason }) => reason === 'kept for ever',
    );
    const left = await filesBelow('recordings', '.mp4');
    expect(left.filter((path) => path.startsWith('cam_1/'))).toEqual(
      before.filter((path) => path.startsWith('cam_1/')),
    );
    expect(left.filter((path) => path.startsWith('cam_3/'))).toEqual([]);
    const held = await olderSegments('cam_2');
    const [startMs, endMs] = [(kept?.start ?? NaN) * 1000, (kept?.end ?? NaN) * 1000];
    expect(held).toHaveLength(1);
    for (const segment of held) {
      expect(segment.startMs).toBeLessThan(endMs);
      expect(segment.endMs).toBeGreaterThan(startMs);
    }

    const audit = (
      await Promise.all(
        (await filesBelow('recordings/.audit', '.jsonl')).map((path) =>
          readFile(at('recordings/.audit', path), 'utf8'),
        ),
      )
    ).join('');
    for (const words of ['kept for ever', 'over soon', 'a mistake']) expect(audit).toContain(words);
    for (const path of before.filter((each) => !left.includes(each))) expect(audit).toContain(path.split('/').at(-1));
    expect(await filesBelow('clips', '.mp4')).toHaveLength(7);
  }, 120_000);
});

async function listProtected(folder: string): Promise<{ start: number; end: number; reason: string }[]> {
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as never));
}

async function picturesIn(input: string): Promise<number> {
  const { stdout } = await runToEnd('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-count_packets'],
    ...['-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', input],
  ]);
  return Number(stdout.toString().split(/[\s,]+/)[0]);
}
