import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ContractError, SUBJECTS } from '@vr/contracts';
import { until } from '@vr/testing';
import { ID, KEY, MOMENT, NOW_MS, OutboxLife } from '../testing/outbox-life';

describe('the outbox of snapshots', () => {
  let folder: string;
  let life: OutboxLife;
  const lives: OutboxLife[] = [];
  const arrival = { atMs: NOW_MS, mark: '1' };
  const begin = (maxGb?: number): OutboxLife => {
    life = new OutboxLife(folder, maxGb);
    lives.push(life);
    return life;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
    begin();
  });
  afterEach(async () => {
    for (const each of lives.splice(0)) await each.shutdown.run();
    await rm(folder, { recursive: true, force: true });
  });
  const outbox = (): Promise<string[]> => readdir(join(folder, '.outbox'));
  const emptied = (): Promise<true> =>
    until(async () => (await outbox()).length === 0, { what: 'an empty outbox', deadlineMs: 10_000 }).then(() => true);
  const request = (more: object = {}): Promise<unknown> =>
    life.intake.request({ camera_id: 'cam_1', reason: 'check', timestamp: MOMENT, request_id: 'r', ...more }, arrival);
  const event = (more: object = {}): Promise<void> =>
    life.intake.acceptEvent(
      { subject: 'seguranca.event.person', arrival },
      { camera_id: 'cam_1', timestamp: MOMENT, ...more },
    );
  const away = (): Promise<never> => Promise.reject(new ContractError('storage_unavailable', 'the store is away'));

  it('announces what it replies, and keeps the record beside the picture', async () => {
    const ready = await request();
    expect(ready).toMatchObject({
      key: KEY,
      url: `http://store/snapshots/${KEY}`,
      snapshot_id: ID,
      timestamp: MOMENT,
      captured_at: (NOW_MS - 60_020) / 1000,
      reason: 'check',
      request_id: 'r',
    });
    expect(ready).toMatchObject({ sha256: createHash('sha256').update('picture').digest('hex'), size_bytes: 7 });
    expect(life.told(SUBJECTS.snapshotReady)).toEqual([ready]);
    expect(await outbox()).toEqual([]);
    expect(JSON.parse(await readFile(join(folder, KEY.replace('.jpg', '.json')), 'utf8'))).toMatchObject({
      state: 'announced',
      snapshot_id: ID,
    });
  });

  it('gives snapshots of one instant a name each', async () => {
    const keys = await Promise.all([1, 2, 3].map(async () => ((await request()) as { key: string }).key));
    expect(new Set(keys).size).toBe(3);
    expect(life.objects.size).toBe(3);
  });

  it('takes one snapshot of an event that comes again and again, also after it was announced', async () => {
    await Promise.all([event(), event(), event()]);
    await emptied();
    await event();
    await event({ event_id: 'another' });
    await until(() => life.told(SUBJECTS.snapshotReady).length === 2, { what: 'the other one', deadlineMs: 10_000 });
    expect(life.told(SUBJECTS.snapshotReady).map(({ event_id }) => event_id)).toEqual([
      `person_cam_1_${MOMENT * 1000}`,
      'another',
    ]);
    expect([...life.objects.values()]).toEqual([1, 1]);
  });

  it('says that the store is away, keeps the picture, and announces it once the store is back', async () => {
    life.putFile = away;
    await expect(request()).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('kept') as string,
    });
    await event();
    await until(
      async () => (await readFile(join(folder, '.outbox', (await outbox())[1] ?? ''), 'utf8')).includes('"taken"'),
      { what: "the event's picture, taken meanwhile", deadlineMs: 5000 },
    );
    expect(life.published).toEqual([]);
    expect((await life.health.readiness()).dependencies['snapshot delivery']).toMatchObject({
      state: 'degraded',
      sentence: expect.stringContaining('the store is away') as string,
    });
    life.putFile = async () => undefined;
    await emptied();
    expect(life.told(SUBJECTS.snapshotReady)).toHaveLength(2);
    expect([...life.objects.values()]).toEqual([1, 1]);
    expect((await life.health.readiness()).dependencies['snapshot delivery']).toMatchObject({ state: 'up' });
  });

  it('goes on after a death: with a snapshot that was only claimed, and with one that was taken', async () => {
    life.picture = () => new Promise(() => undefined);
    await event({ event_id: 'claimed' });
    life.picture = begin().picture;
    life.putFile = away;
    await event({ event_id: 'taken' });
    await until(
      async () =>
        (await Promise.all((await outbox()).map((name) => readFile(join(folder, '.outbox', name), 'utf8')))).some(
          (text) => text.includes('"taken"'),
        ),
      { what: 'a picture', deadlineMs: 5000 },
    );
    await writeFile(join(folder, '.work/dead-1'), 'half');
    await writeFile(join(folder, '.outbox/torn.json'), '{"state":');
    begin();
    life.outbox.onApplicationBootstrap();
    await until(() => life.told(SUBJECTS.snapshotReady).length === 2, { what: 'both', deadlineMs: 10_000 });
    expect(
      life
        .told(SUBJECTS.snapshotReady)
        .map(({ event_id }) => event_id)
        .sort(),
    ).toEqual(['claimed', 'taken']);
    await until(async () => (await outbox()).join() === 'torn.json', {
      what: 'an outbox that holds only what nobody can read',
      deadlineMs: 5000,
    });
  });

  it('announces again what was announced but not noted as such: at least once', async () => {
    await event();
    await life.ready();
    await emptied();
    await life.shutdown.run();
    const record = JSON.parse(await readFile(join(folder, KEY.replace('.jpg', '.json')), 'utf8')) as object;
    await writeFile(join(folder, '.outbox', `${ID}.json`), JSON.stringify({ ...record, state: 'taken' }));
    begin().outbox.onApplicationBootstrap();
    expect(await life.ready()).toBe(true);
  });

  it('takes the picture again where somebody removed it', async () => {
    life.putFile = away;
    await event();
    await until(async () => (await readdir(join(folder, 'cam_1/2026-11-23'))).length > 0, {
      what: 'the picture',
      deadlineMs: 5000,
    });
    await until(async () => (await readFile(join(folder, '.outbox', `${ID}.json`), 'utf8')).includes('"taken"'), {
      what: 'its record',
      deadlineMs: 5000,
    });
    await life.shutdown.run();
    await rm(join(folder, KEY));
    begin().outbox.onApplicationBootstrap();
    await life.ready();
    expect(await readFile(join(folder, KEY), 'utf8')).toBe('picture');
  });

  it('is done with a failed request, remembers an event that can never be, and tries our faults again', async () => {
    life.picture = () => Promise.reject(new ContractError('no_footage', 'nothing there'));
    await expect(request()).rejects.toMatchObject({ code: 'no_footage' });
    await event();
    await until(() => life.told(SUBJECTS.snapshotFailed).length === 2, { what: 'two failures', deadlineMs: 5000 });
    await emptied();
    await event();
    life.picture = () => Promise.reject(new Error('rtsp://admin:secret@10.0.0.5'));
    await event({ event_id: 'ours' });
    await expect(request({ request_id: 'internal' })).rejects.toThrow();
    life.picture = new OutboxLife(folder).picture;
    expect(await life.ready()).toBe(true);
    expect(life.told(SUBJECTS.snapshotReady)[0]).toMatchObject({ event_id: 'ours' });
    expect(life.told(SUBJECTS.snapshotFailed).map(({ code }) => code)).toEqual([
      'no_footage',
      'no_footage',
      'internal',
    ]);
    expect(JSON.stringify(life.published)).not.toContain('secret');
  });

  it('without room lets events wait and refuses requests, and goes on once there is room', async () => {
    begin(0.001);
    const large = join(folder, 'cam_1/2026-11-22/cam_1_2026-11-22T02-14-00.123Z.jpg');
    await mkdir(dirname(large), { recursive: true });
    await writeFile(large, Buffer.alloc(600_000));
    await event();
    await expect(request()).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining(
        'no room for 500 kB more: snapshots take 600 kB of their 1.00 MB (SNAPSHOTS_MAX_GB), ' +
          'and no janitor is at work',
      ) as string,
    });
    expect(life.told(SUBJECTS.snapshotFailed)).toHaveLength(1);
    expect(await outbox()).toHaveLength(1);
    await rm(large);
    expect(await life.ready()).toBe(true);
    await emptied();
    expect(await request()).toMatchObject({ request_id: 'r' });
  });

  it('refuses requests of a camera above what may wait, and above its number a minute; events never', async () => {
    const tooMany = { code: 'too_many_requests' };
    life.picture = () => new Promise(() => undefined);
    for (const n of [1, 2, 3, 4, 5, 6]) void request({ request_id: `r-${n}` }).catch(() => undefined);
    await until(() => life.told(SUBJECTS.snapshotFailed).length === 3, { what: 'three refusals', deadlineMs: 5000 });
    expect(life.told(SUBJECTS.snapshotFailed)[0]).toMatchObject({
      ...tooMany,
      request_id: 'r-4',
      message: expect.stringContaining('3 wait already') as string,
      retry_after_seconds: 5,
    });
    for (let n = 0; n < 14; n++) await expect(request()).rejects.toMatchObject(tooMany);
    await expect(request()).rejects.toMatchObject({
      ...tooMany,
      message:
        'record.snapshot of camera cam_1: wanted at most 20 requests a minute (REQUESTS_PER_MINUTE); ask again in 3 s',
    });
    for (let n = 0; n < 100; n++) await expect(request()).rejects.toMatchObject(tooMany);
    expect(life.told(SUBJECTS.snapshotFailed)).toHaveLength(30);
    for (let n = 0; n < 30; n++) await event({ event_id: `e-${n}` });
    expect(await outbox()).toHaveLength(33);
  });

  it('says a failure later where NATS is away', async () => {
    life.picture = () => Promise.reject(new ContractError('no_footage', 'nothing there'));
    life.publish = () => Promise.reject(new Error('NATS is away'));
    await expect(request()).rejects.toMatchObject({ code: 'no_footage' });
    life.publish = async () => undefined;
    await until(() => life.told(SUBJECTS.snapshotFailed).length === 1, { what: 'snapshot.failed', deadlineMs: 10_000 });
    await emptied();
  });

  it('takes an event of a detector whose clock is ahead for one of now, and refuses what is nonsense', async () => {
    await event({ timestamp: (NOW_MS + 1_800_000) / 1000 });
    await life.ready();
    expect(life.told(SUBJECTS.snapshotReady)[0]).toMatchObject({ timestamp: NOW_MS / 1000 });
    await expect(event({ timestamp: (NOW_MS + 3_700_000) / 1000 })).rejects.toMatchObject({ code: 'invalid_payload' });
    await expect(event({ camera_id: 'cam_9' })).rejects.toMatchObject({ code: 'unknown_camera' });
  });

  it('keeps of a request that carries a picture what we know and what is small, and says so', async () => {
    await request({ picture: 'x'.repeat(300_000), note: 'at the gate' });
    const [ready] = life.told(SUBJECTS.snapshotReady);
    expect(ready).toMatchObject({
      source: { camera_id: 'cam_1', request_id: 'r', note: 'at the gate' },
      source_truncated: true,
    });
    expect(JSON.stringify(ready).length).toBeLessThan(2000);
    const record = await readFile(join(folder, KEY.replace('.jpg', '.json')), 'utf8');
    expect(record.length).toBeLessThan(3000);
  });
});
