import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picturesOf, TestStream } from '@vr/recorded';
import { runToEnd } from '@vr/testing';
import { ConsoleApp } from '../testing/console-app';

const ZERO = Date.UTC(2026, 10, 23, 12);
const IMMUTABLE = 'private, max-age=86400, immutable';

describe('GET /api/cameras/ID/thumb.jpg', () => {
  let console_: ConsoleApp;
  const ask = (seconds: number, query = '', camera = 'cam_1'): Promise<Response> =>
    console_.get(`/api/cameras/${camera}/thumb.jpg?at=${ZERO / 1000 + seconds}${query}`);

  beforeAll(async () => {
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'cam_2'] });
    const stream = await TestStream.encode(12);
    await stream.record(console_.recordingsDir, 'cam_1', ZERO, 0, 4);
    await (await stream.record(console_.recordingsDir, 'cam_1', ZERO, 8, 12, 'open')).abandon();
  });
  afterAll(() => console_.stop());

  it('is the key frame at or before the moment', async () => {
    const bodies = await Promise.all(
      [2, 2.1, 3.9, 0.5].map(async (at) => Buffer.from(await (await ask(at)).arrayBuffer())),
    );
    const [key, ...others] = bodies.map((body) => body.toString('base64'));
    expect(others.map((other) => other === key)).toEqual([true, true, false]);
    const still = await console_.get(`/api/cameras/cam_1/snapshot.jpg?at=${ZERO / 1000 + 2}`);
    const path = (name: string): string => join(console_.folder.path, name);
    await writeFile(path('still.jpg'), Buffer.from(await still.arrayBuffer()));
    await writeFile(path('thumb.jpg'), bodies[0] ?? '');
    const scaled = ['-v', 'error', '-i', path('still.jpg'), '-i', path('thumb.jpg')];
    const likeness = '[0:v]scale=160:90[a];[1:v]scale=160:90[b];[a][b]psnr';
    const { stderr } = await runToEnd('ffmpeg', [...scaled.slice(2), '-lavfi', likeness, '-f', 'null', '-']);
    expect(Number(/average:([\d.]+|inf)/.exec(stderr)?.[1])).toBeGreaterThan(25);
    expect(await picturesOf(path('thumb.jpg'))).toHaveLength(1);
  });

  it.each([
    ['', 160],
    ['&width=1', 160],
    ['&width=161', 320],
    ['&width=640', 320], // the camera sends no more
  ])('%s: is %d wide', async (query, width) => {
    const path = join(console_.folder.path, `width${width}.jpg`);
    await writeFile(path, Buffer.from(await (await ask(1, query)).arrayBuffer()));
    const { stdout } = await runToEnd('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=width',
      '-of',
      'csv=p=0',
      path,
    ]);
    expect(Number(stdout.toString())).toBe(width);
  });

  it('may be kept by a browser where no later key frame can take its place', async () => {
    const kept = await Promise.all([1, 9, 11].map(async (at) => (await ask(at)).headers.get('cache-control')));
    expect(kept).toEqual([IMMUTABLE, IMMUTABLE, 'private, no-store']);
  });

  it.each([
    [6, '', 'cam_1', 404, 'no_footage'],
    [1, '', 'cam_2', 404, 'no_footage'],
    [1, '', 'cam_9', 404, 'unknown_camera'],
    [1, '&width=641', 'cam_1', 400, 'invalid_payload'],
    [1, '&width=wide', 'cam_1', 400, 'invalid_payload'],
  ])('at %d with "%s" of %s: %d %s', async (at, query, camera, status, code) => {
    const answer = await ask(at, query, camera);
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
  });
});
