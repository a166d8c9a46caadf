import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listSegments, segmentFileName, segmentPath } from '@vr/footage';
import { runToEnd } from '@vr/testing';
import { ConsoleApp } from '../testing/console-app';
import { recordGreys } from '@vr/recorded';

const START_MS = Date.UTC(2026, 10, 23, 2, 15);
const SECRET = 'root:x:0:0:the secret of another program';

describe('footage that somebody else put links into', () => {
  let console_: ConsoleApp;
  const file = (camera: string): string =>
    `/api/cameras/${camera}/clip.mp4?start=${START_MS / 1000 - 60}&end=${START_MS / 1000 + 60}`;
  const playlist = (camera: string) =>
    console_.get(`/api/cameras/${camera}/footage.m3u8?start=${START_MS / 1000 - 60}&end=${START_MS / 1000 + 60}`);

  beforeAll(async () => {
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'cam_2', 'cam_3'] });
    await writeFile(join(console_.folder.path, 'secret'), SECRET);
    for (const camera of ['cam_1', 'cam_2']) await recordGreys(console_.recordingsDir, camera, START_MS, 4);
  });
  afterAll(() => console_.stop());

  it('serves no link that is named like a segment, and shows the footage beside it', async () => {
    const startMs = START_MS - 30_000;
    const path = segmentPath(console_.recordingsDir, 'cam_1', startMs, 5000);
    await symlink(join(console_.folder.path, 'secret'), path);
    const response = await console_.get(
      `/api/footage/${segmentFileName({ cameraId: 'cam_1', startMs, durationMs: 5000 })}`,
    );
    expect([response.status, await response.text()]).toEqual([404, expect.not.stringContaining('secret')]);
    expect((await listSegments(console_.recordingsDir, 'cam_1')).map((segment) => segment.startMs)).toEqual([START_MS]);
    const text = await (await playlist('cam_1')).text();
    expect(text.match(/EXTINF/g)).toHaveLength(2);
    expect((await console_.get(`/api/cameras/cam_1/snapshot.jpg?at=${START_MS / 1000 + 1}`)).status).toBe(200);
    const clip = await console_.get(file('cam_1'));
    expect([clip.status, Number(clip.headers.get('x-start'))]).toEqual([200, START_MS / 1000]);
    await clip.body?.cancel();
  });

  it('waits at no pipe that is named like a segment', async () => {
    const startMs = START_MS - 20_000;
    await runToEnd('mkfifo', [segmentPath(console_.recordingsDir, 'cam_1', startMs, 5000)]);
    expect(
      (await console_.get(`/api/footage/${segmentFileName({ cameraId: 'cam_1', startMs, durationMs: 5000 })}`)).status,
    ).toBe(404);
    expect((await playlist('cam_1')).status).toBe(200);
    const clip = await console_.get(file('cam_1'));
    expect(clip.status).toBe(200);
    await clip.body?.cancel();
  });

  it.each(['day', 'camera'])(
    "reads nothing through a %s's folder that leads out of RECORDINGS_DIR, and says so",
    async (level) => {
      const [segment] = await listSegments(console_.recordingsDir, 'cam_2');
      if (!segment) throw new Error('no segment');
      const day = dirname(segment.path);
      const folder = level === 'day' ? day : dirname(day);
      const outside = join(console_.folder.path, `outside-${level}`);
      await rename(folder, outside);
      await symlink(outside, folder);
      const message = `footage is not read through links: wanted a path that stays in ${console_.recordingsDir}`;
      const still = `/api/cameras/cam_2/snapshot.jpg?at=${START_MS / 1000 + 1}`;
      for (const path of [`/api/footage/${segment.fileName}`, still, file('cam_2')]) {
        const response = await console_.get(path);
        expect([response.status, await response.json()]).toEqual([
          503,
          { error: { code: 'storage_unavailable', message: expect.stringContaining(message) as string } },
        ]);
      }
      await rename(outside, `${outside}-back`);
      await runToEnd('rm', [folder]);
      await rename(`${outside}-back`, folder);
      expect((await console_.get(`/api/footage/${segment.fileName}`)).status).toBe(200);
    },
  );

  it('takes what a state or a list of gaps says only from plain files', async () => {
    const folder = join(console_.recordingsDir, 'cam_3');
    await mkdir(join(folder, '2026-11-23'), { recursive: true });
    await symlink('/dev/zero', join(folder, 'state.json'));
    await symlink('/dev/zero', join(folder, '2026-11-23/gaps.jsonl'));
    const { cameras } = (await (await console_.get('/api/cameras')).json()) as {
      cameras: { id: string; state: string }[];
    };
    expect(cameras.find(({ id }) => id === 'cam_3')?.state).toBe('connecting');
    const timeline = await (
      await console_.get(`/api/cameras/cam_3/timeline?start=${START_MS / 1000}&end=${START_MS / 1000 + 60}`)
    ).json();
    expect(timeline).toMatchObject({ spans: [], gaps: [{ reason: 'unknown' }] });
    expect(await readFile(join(console_.folder.path, 'secret'), 'utf8')).toBe(SECRET);
  });
});
