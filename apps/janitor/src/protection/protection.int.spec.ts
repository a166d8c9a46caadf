import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SUBJECTS, type AuditEntry, type Protection } from '@vr/contracts';
import { segmentPath } from '@vr/footage';
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

const HOUR_MS = 3_600_000;
const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('protection, asked for over NATS of the worker as it runs', () => {
  let nats: Server;
  let folder: TemporaryFolder;
  let janitor: WorkerProcess;
  let connection: Awaited<ReturnType<typeof createClient>>;
  let recordings: string;
  const nowMs = Date.now();

  beforeAll(async () => {
    [nats, folder] = await Promise.all([startNats(), temporaryFolder('protection')]);
    recordings = join(folder.path, 'recordings');
    janitor = await startWorker('janitor', settingsOf());
    await janitor.waitReady();
    connection = await createClient({ NATS_URL: nats.url });
  }, 200_000);
  afterAll(async () => {
    await connection.close();
    await janitor.stop();
    await nats.stop();
    await folder.remove();
  });

  function settingsOf(): Record<string, string> {
    const below = (name: string): string => join(folder.path, name);
    return {
      ...{
        NATS_URL: nats.url,
        RECORDINGS_DIR: recordings,
        CLIPS_DIR: below('clips'),
        SNAPSHOTS_DIR: below('snapshots'),
        OBJECTS_DIR: below('objects'),
      },
      ...{ AUDIT_DIR: below('audit'), CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s' },
    };
  }
  const segment = async (hoursAgo: number): Promise<string> => {
    const path = segmentPath(recordings, 'cam_1', Math.floor((nowMs - hoursAgo * HOUR_MS) / 1000) * 1000, HOUR_MS);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'footage');
    return path;
  };
  const ask = async (subject: string, payload: unknown): Promise<unknown> =>
    (await connection.request(subject, JSON.stringify(payload), { timeout: 10_000 })).json();
  const hold = {
    camera_id: 'cam_1',
    start: nowMs / 1000 - 3600,
    end: nowMs / 1000,
    reason: 'trial 7/26',
    by: 'dr. Lima',
  };

  it('gives the same hold one id however often it is asked for, keeps it as a file, and says who asked', async () => {
    const [first, second] = [
      (await ask(SUBJECTS.recordProtect, hold)) as Protection,
      (await ask(SUBJECTS.recordProtect, hold)) as Protection,
    ];
    expect(first).toEqual({ ...first, camera_id: 'cam_1', reason: 'trial 7/26' });
    expect(second.protection_id).toBe(first.protection_id);
    expect(await readdir(join(recordings, 'cam_1/protections'))).toEqual([`${first.protection_id}.json`]);
    const [day] = await readdir(join(folder.path, 'audit'));
    const lines = (await readFile(join(folder.path, 'audit', day ?? ''), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEntry);
    expect(lines[0]).toMatchObject({
      who: 'dr. Lima',
      action: 'protect',
      what: first.protection_id,
      why: 'trial 7/26',
      camera_id: 'cam_1',
    });
  });

  it.each([
    ['an unknown camera', SUBJECTS.recordProtect, { ...hold, camera_id: 'cam_9' }, 'unknown_camera'],
    ['no reason', SUBJECTS.recordProtect, { ...hold, reason: undefined }, 'invalid_payload'],
    ['an end before the start', SUBJECTS.recordProtect, { ...hold, end: hold.start - 1 }, 'invalid_payload'],
    ['an expiry that is over', SUBJECTS.recordProtect, { ...hold, expires: nowMs / 1000 - 1 }, 'invalid_payload'],
    ['a hold that is not there', SUBJECTS.recordUnprotect, { protection_id: 'cam_1-123-0123456789ab' }, 'not_found'],
    ['a path for an id', SUBJECTS.recordUnprotect, { protection_id: '../../etc/passwd' }, 'invalid_payload'],
  ])('answers %s with an error', async (_, subject, payload, code) => {
    expect(await ask(subject, payload)).toEqual({
      error: expect.objectContaining({ code, message: expect.any(String) as string }) as object,
    });
  });

  it('holds footage that is past its retention, over a restart, until it is lifted', async () => {
    const [held, other] = [await segment(200), await segment(190)];
    for (const hours of [1, 2, 3, 4, 5]) await segment(hours);
    const range = {
      camera_id: 'cam_1',
      start: (nowMs - 200 * HOUR_MS) / 1000,
      end: (nowMs - 199.5 * HOUR_MS) / 1000,
      reason: 'burglary',
    };
    const { protection_id: id } = (await ask(SUBJECTS.recordProtect, range)) as Protection;
    await janitor.stop();
    janitor = await startWorker('janitor', settingsOf());
    await until(async () => !(await isThere(other)), {
      what: 'the footage that nobody holds to be deleted',
      deadlineMs: 20_000,
    });
    expect(await isThere(held)).toBe(true);
    await until(
      async () => (await ask(SUBJECTS.recordUnprotect, { protection_id: id, reason: 'case closed' })) as object,
      { what: 'the restarted janitor to answer', deadlineMs: 15_000 },
    );
    expect(await ask(SUBJECTS.recordUnprotect, { protection_id: id })).toMatchObject({
      error: { code: 'not_found' },
    });
    // A recorder that meets ENOSPC starts the next pass.
    connection.publish(
      SUBJECTS.status,
      JSON.stringify({ camera_id: 'cam_1', state: 'disk_full', since: nowMs / 1000 }),
    );
    await until(async () => !(await isThere(held)), {
      what: 'the footage that is held no more to be deleted',
      deadlineMs: 20_000,
    });
  });

  it.each([
    ['record.protect', SUBJECTS.recordProtect, (n: number) => ({ ...hold, reason: `flood ${n}` })],
    ['record.unprotect', SUBJECTS.recordUnprotect, (n: number) => ({ protection_id: `cam_1-${n}-0123456789ab` })],
  ])(
    'refuses requests (%s) of a camera above REQUESTS_PER_MINUTE, whatever they name; says when to ask again',
    async (what, subject, payload) => {
      const begunMs = performance.now();
      const answers = await Promise.all(Array.from({ length: 140 }, (_, n) => ask(subject, payload(n))));
      // Each second that a busy machine takes may allow one more request.
      const allowedMeanwhile = 60 + Math.ceil((performance.now() - begunMs) / 1000);
      const errors = answers.flatMap(
        (answer) => (answer as { error?: { code: string; message: string; retry_after_seconds: number } }).error ?? [],
      );
      const refused = errors.filter(({ code }) => code === 'too_many_requests');
      expect(refused.length).toBeGreaterThanOrEqual(140 - allowedMeanwhile);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused[0]).toEqual({
        code: 'too_many_requests',
        message: expect.stringMatching(
          new RegExp(
            `^${what} of camera cam_1: wanted at most 60 requests a minute \\(REQUESTS_PER_MINUTE\\); ` +
              String.raw`ask again in \d s$`,
          ),
        ) as string,
        retry_after_seconds: expect.any(Number) as number,
      });
    },
  );
});
