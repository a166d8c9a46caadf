import 'reflect-metadata';
import { until } from '@vr/testing';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClipperWorld, DEADLINE_MS } from './testing/clipper-world';

describe('clips by hand, on a real NATS, Redis and disk', () => {
  let world: ClipperWorld;
  beforeAll(async () => {
    world = await ClipperWorld.begin();
  }, 60_000);
  afterAll(() => world.end(), 30_000);

  it('answers a request at once, and announces its clip under the request_id', async () => {
    const clipId = `clip_cam_1_${world.at(5).toFixed(3)}_${world.at(8).toFixed(3)}`;
    expect(await world.ask({ camera_id: 'cam_1', start: world.at(5), end: world.at(8), request_id: 'r-1' })).toEqual({
      clip_id: clipId,
      queued: true,
    });
    expect(await world.clipReady('r-1')).toMatchObject({
      clip_id: clipId,
      event_type: 'manual',
      start: world.at(5),
      duration: 3,
    });
    expect(await world.ask({ camera_id: 'cam_9', start: world.at(5), end: world.at(8) })).toMatchObject({
      error: { code: 'unknown_camera' },
    });
    expect(await world.ask({ camera_id: 'cam_1', start: world.at(5), end: world.at(500) })).toMatchObject({
      error: { code: 'too_long' },
    });
  });

  it('answers the same or nearly the same request with one clip, also after a restart, or cuts it again', async () => {
    const askFor = (request_id: string, from: number, to: number): Promise<unknown> =>
      world.ask({ camera_id: 'cam_1', start: world.at(from), end: world.at(to), request_id, reason: request_id });
    const metric = (): Promise<number> => world.metric('clips_generated_total');
    expect(await askFor('again-1', 24, 30)).toMatchObject({ queued: true });
    const first = await world.clipReady('again-1');
    await until(
      async () =>
        (await readFile(join(world.disk.path, 'clips', first.key.replace('.mp4', '.json')), 'utf8')).includes(
          '"announced"',
        ),
      { what: 'the record to say announced', deadlineMs: 5000 },
    );
    const made = await metric();
    expect(await askFor('again-2', 24, 30)).toEqual({ clip_id: first.clip_id, queued: true });
    expect(await world.clipReady('again-2')).toMatchObject({
      clip_id: first.clip_id,
      key: first.key,
      sha256: first.sha256,
      source: { reason: 'again-2' },
      requested_start: world.at(24),
      partial: false,
    });
    expect(await askFor('again-3', 24.4, 30.3)).toEqual({ clip_id: first.clip_id, queued: true });
    expect(await world.clipReady('again-3')).toMatchObject({
      clip_id: first.clip_id,
      start: first.start,
      requested_start: world.at(24.4),
      requested_end: world.at(30.3),
    });
    await askFor('again-1', 24, 30);
    await until(() => world.ready.filter(({ event_id }) => event_id === 'again-1').length === 2, {
      what: 'a second message for the same request',
      deadlineMs: DEADLINE_MS,
    });
    expect(await metric()).toBe(made);

    await world.stopClipper();
    await world.startClipper();
    expect(await askFor('again-4', 24, 30)).toEqual({ clip_id: first.clip_id, queued: true });
    expect(await world.clipReady('again-4')).toMatchObject({ key: first.key });
    expect(await metric()).toBe(0);

    for (const root of ['clips', 'objects/clips', 'objects/.meta/clips'])
      for (const name of await readdir(join(world.disk.path, root, dirname(first.key)))) {
        if (name.startsWith(first.clip_id) && !name.endsWith('.mp4.json') && name !== `${first.clip_id}.json`)
          await rm(join(world.disk.path, root, dirname(first.key), name), { recursive: true });
      }
    await askFor('again-5', 24, 30);
    expect(await world.clipReady('again-5')).toMatchObject({
      sha256: expect.any(String) as string,
      start: first.start,
      duration: first.duration,
    });
    await world.counted(1);
  }, 60_000);
});
