import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clipId, clipIdParts, clipKey, clipRecord, SUBJECTS, type AuditEntry, type ClipRecord } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import {
  startNats,
  startWorker,
  temporaryFolder,
  until,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';

const NOW = Math.floor(Date.now() / 1000);
const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('the deletion of a clip or a snapshot, asked for over NATS', () => {
  let nats: Server;
  let folder: TemporaryFolder;
  let janitor: WorkerProcess;
  let connection: Awaited<ReturnType<typeof createClient>>;
  const below = (...names: string[]): string => join(folder.path, ...names);
  const settings = (): Record<string, string> => ({
    ...{
      NATS_URL: nats.url,
      RECORDINGS_DIR: below('recordings'),
      CLIPS_DIR: below('clips'),
      AUDIT_DIR: below('audit'),
    },
    ...{ SNAPSHOTS_DIR: below('snapshots'), OBJECTS_DIR: below('objects'), CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s' },
  });
  beforeAll(async () => {
    [nats, folder] = await Promise.all([startNats(), temporaryFolder('removals')]);
    janitor = await startWorker('janitor', settings());
    await janitor.waitReady();
    connection = await createClient({ NATS_URL: nats.url });
  }, 200_000);
  afterAll(async () => {
    await connection.close();
    await janitor.stop();
    await nats.stop();
    await folder.remove();
  });

  const ask = async (subject: string, payload: unknown): Promise<Record<string, unknown>> =>
    (await connection.request(subject, JSON.stringify(payload), { timeout: 15_000 })).json();
  const remove = (id: string): Promise<Record<string, unknown>> =>
    ask(SUBJECTS.recordDelete, { camera_id: 'cam_1', clip_id: id, by: 'ana 10.0.0.7', reason: 'the postman' });
  const idOf = (secondsAgo: number): string => `event_cam_1_${(NOW - secondsAgo).toFixed(3)}`;
  const keyOf = (id: string, kind: 'mp4' | 'jpg' | 'json'): string => clipKey({ clipId: clipId.parse(id) }, kind);

  /** Everything that a clip in the local store consists of: the record last, as it is deleted last. */
  const placesOf = (id: string): string[] => [
    ...(['mp4', 'jpg'] as const).flatMap((kind) => [
      below('objects/clips', keyOf(id, kind)),
      below('objects/.meta/clips', `${keyOf(id, kind)}.json`),
    ]),
    ...(['mp4', 'jpg', 'json'] as const).map((kind) => below('clips', keyOf(id, kind))),
  ];

  async function write(id: string, state: ClipRecord['state'], more: object = {}): Promise<void> {
    const { cameraId, startMs } = clipIdParts(clipId.parse(id));
    const window = { timestampMs: startMs, startMs: startMs - 1000, endMs: startMs + 1000 };
    const job = { clipId: id, identity: id, cameraId, ...window, eventId: id, eventType: 'person', source: {} };
    const record = clipRecord.parse({ state, job, ...more });
    for (const path of placesOf(id)) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(
        path,
        path.includes('.meta') ? JSON.stringify({ contentType: 'video/mp4', metadata: {} }) : 'clip',
      );
    }
    await writeFile(below('clips', keyOf(id, 'json')), JSON.stringify(record));
  }
  const left = async (id: string): Promise<string[]> => {
    const places = placesOf(id);
    const there = await Promise.all(places.map(isThere));
    return places.filter((_, at) => there[at]);
  };
  const audited = async (): Promise<AuditEntry[]> => {
    const lines = await Promise.all(
      (await readdir(below('audit'))).map((day) => readFile(below('audit', day), 'utf8')),
    );
    return lines.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as AuditEntry);
  };

  it('takes objects, files and records, also those of events that share the clip, and says who wanted it', async () => {
    const [id, shared] = [idOf(100), idOf(99)];
    const { startMs } = clipIdParts(clipId.parse(shared));
    const member = { clipId: shared, identity: shared, startMs: startMs - 1000, endMs: startMs + 1000 };
    await write(id, 'announced', { members: [member] });
    await write(shared, 'merged', { mergedInto: id });
    for (const kind of ['mp4', 'jpg'] as const) await rm(below('clips', keyOf(shared, kind)));
    expect(await remove(shared)).toMatchObject({ error: { code: 'conflict' } });
    expect(await remove(id)).toEqual({ clip_id: id, camera_id: 'cam_1', removed: true });
    expect(await left(id)).toEqual([]);
    expect(await isThere(below('clips', keyOf(shared, 'json')))).toBe(false);
    const own = (await audited()).filter(({ what }) => what.includes(id));
    expect(own.map(({ who, action, kind, why }) => [who, action, kind, why])).toEqual([
      ['ana 10.0.0.7', 'delete', 'clip_object', 'asked for: the postman'],
      ['ana 10.0.0.7', 'delete', 'clip', 'asked for: the postman'],
    ]);
  });

  it('happens once where two ask at once, and there is nothing to delete afterwards', async () => {
    const id = idOf(200);
    await write(id, 'announced');
    const answers = await Promise.all([remove(id), remove(id)]);
    expect(answers.filter(({ removed }) => removed)).toHaveLength(1);
    expect(answers.find(({ error }) => error)).toMatchObject({ error: { code: 'not_found' } });
    expect(await remove(id)).toMatchObject({ error: { code: 'not_found' } });
  });

  it.each([1, 2, 3, 4, 5, 6])('ends what a kill left after %i files', async (gone) => {
    const id = idOf(300 + gone);
    await write(id, 'announced');
    for (const path of placesOf(id).slice(0, gone)) await rm(path);
    expect(await remove(id)).toMatchObject({ removed: true });
    expect(await left(id)).toEqual([]);
  });

  it('leaves what is protected, and what is still on its way', async () => {
    const [held, young] = [idOf(400), idOf(500)];
    await write(held, 'announced');
    await write(young, 'cut');
    const span = { camera_id: 'cam_1', start: NOW - 410, end: NOW - 399.5 };
    const { protection_id: hold } = await ask(SUBJECTS.recordProtect, { ...span, reason: 'trial' });
    for (const id of [held, young]) {
      expect(await remove(id)).toMatchObject({ error: { code: 'conflict' } });
      expect(await left(id)).toEqual(placesOf(id));
    }
    await ask(SUBJECTS.recordUnprotect, { protection_id: hold });
    expect(await remove(held)).toMatchObject({ removed: true });
  });

  it('takes a snapshot, also one without a record; no other name leads anywhere', async () => {
    const id = 'cam_1_2026-11-23T12-00-00.000Z';
    const paths = [
      below('snapshots/cam_1/2026-11-23', `${id}.jpg`),
      below('objects/snapshots/cam_1/2026-11-23', `${id}.jpg`),
    ];
    for (const path of paths) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'picture');
    }
    const asked = (name: string): Promise<Record<string, unknown>> =>
      ask(SUBJECTS.recordDelete, { camera_id: 'cam_1', snapshot_id: name });
    for (const name of ['../../cameras', 'cam_2_2026-11-23T12-00-00.000Z', `${id}/x`, idOf(1)])
      expect(await asked(name)).toMatchObject({ error: { code: 'not_found' } });
    expect(await asked(id)).toEqual({ snapshot_id: id, camera_id: 'cam_1', removed: true });
    expect(await Promise.all(paths.map(isThere))).toEqual([false, false]);
  });

  it('deletes nothing while the store is away', async () => {
    const id = idOf(600);
    await write(id, 'announced');
    await janitor.stop();
    const server = { MINIO_ENDPOINT: '127.0.0.1:1', MINIO_ACCESS_KEY: 'a', MINIO_SECRET_KEY: 'b' };
    janitor = await startWorker('janitor', { ...settings(), ...server });
    const answer = async (): Promise<unknown> => remove(id).catch(() => undefined); // nobody hears us yet
    await until(answer, { what: 'the janitor on NATS', deadlineMs: 15_000 });
    expect(await answer()).toMatchObject({ error: { code: 'storage_unavailable' } });
    expect(await left(id)).toEqual(placesOf(id));
  }, 60_000);
});
