import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { spawnWorker, startRedis, startNats, startWorker, temporaryFolder } from './index';

test('a worker that is configured wrongly says so and ends, and does not hang its test', async () => {
  const worker = await spawnWorker('janitor', { RETENTION_DAYS: 'a week' });
  expect(await worker.waitLog(/RETENTION_DAYS/)).toContain('a week');
  expect(await worker.exited).toEqual({ code: 78, signal: null });
  await expect(worker.waitLive()).rejects.toThrow('exit 78');
}, 200_000);

test('a worker whose cameras cannot be read says so once', async () => {
  const worker = await spawnWorker('janitor', { CAMERAS_FILE: '/no/such/cameras.yaml' });
  expect(await worker.exited).toEqual({ code: 78, signal: null });
  expect(worker.logs.filter((line) => line.includes('/no/such/cameras.yaml'))).toEqual([
    expect.stringContaining('  - CAMERAS_FILE: cannot read /no/such/cameras.yaml'),
  ]);
}, 200_000);

test('a worker runs on a free port until it is stopped', async () => {
  const [nats, redis, folder] = await Promise.all([startNats(), startRedis(), temporaryFolder()]);
  const worker = await startWorker('janitor', {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    RECORDINGS_DIR: folder.path,
    SNAPSHOTS_DIR: folder.path,
    CLIPS_DIR: folder.path,
  });
  await worker.waitReady();
  expect((await fetch(`${worker.httpUrl}/metrics`)).status).toBe(200);
  expect(await worker.stop()).toEqual({ code: 0, signal: null });
  await Promise.all([nats.stop(), redis.stop(), folder.remove()]);
}, 200_000);

test('a worker that is told no folders has its own, which go with it, and none of the machine', async () => {
  const worker = await startWorker('janitor', { NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' });
  const environment = (await readFile(`/proc/${worker.pid}/environ`, 'utf8')).split('\0');
  const folders = ['RECORDINGS_DIR', 'CLIPS_DIR', 'SNAPSHOTS_DIR', 'OBJECTS_DIR'].map(
    (name) => environment.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? name,
  );
  for (const folder of folders) expect(folder.startsWith(`${tmpdir()}/`)).toBe(true);
  await worker.stop();
  for (const folder of folders) await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
}, 200_000);
