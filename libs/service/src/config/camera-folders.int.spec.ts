import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraConfig } from '@vr/contracts';
import { startWorker, temporaryFolder, type App, type TemporaryFolder } from '@vr/testing';
import { HealthRegistry, type Health } from '../health';
import { CameraFolders } from './camera-folders';

describe("a camera's folder", () => {
  let disk: TemporaryFolder;
  let recordings: string;
  beforeEach(async () => {
    disk = await temporaryFolder('camera-folders');
    recordings = join(disk.path, 'recordings');
    for (const folder of ['recordings/cam_1', 'disk2/cam_2', 'clips'])
      await mkdir(join(disk.path, folder), { recursive: true });
  });
  afterEach(() => disk.remove());

  it('that is a link to another disk is said in readiness, with what to do, as long as it is one', async () => {
    const health = new HealthRegistry();
    const cameras = ['cam_1', 'cam_2', 'cam_3'].map((id) => cameraConfig.parse({ id, url: 'rtsp://127.0.0.1/1' }));
    new CameraFolders(
      { RECORDINGS_DIR: recordings, CLIPS_DIR: join(disk.path, 'clips') },
      { all: () => cameras },
      health,
    );
    const said = async (): Promise<Health | undefined> => (await health.readiness()).dependencies['camera folders'];
    expect(await said()).toEqual({ state: 'up', sentence: "no camera's folder is a link to elsewhere" });
    await symlink(join(disk.path, 'disk2/cam_2'), join(recordings, 'cam_2'));
    expect(await said()).toEqual({
      state: 'degraded',
      sentence:
        `RECORDINGS_DIR: wanted a path that ` +
        `stays in ${recordings}, and ${recordings}/cam_2 leads to ${disk.path}/disk2/cam_2: nothing of cam_2 is ` +
        `written or read there. ` +
        'Instead of the link make a folder and mount the other disk on it (mount --bind)',
    });
    await symlink(join(disk.path, 'nowhere'), join(disk.path, 'clips/cam_3'));
    expect((await said())?.sentence).toContain('; CLIPS_DIR: ');
    await rm(join(recordings, 'cam_2'));
    await rm(join(disk.path, 'clips/cam_3'));
    await symlink('cam_1', join(recordings, 'cam_2')); // to a place of ours
    expect(await said()).toMatchObject({ state: 'up' });
  });

  it('that is a link is said by every worker', async () => {
    await symlink(join(disk.path, 'disk2/cam_2'), join(recordings, 'cam_2'));
    const away = { NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' };
    const folders = Object.fromEntries(
      ['RECORDINGS', 'CLIPS', 'SNAPSHOTS', 'OBJECTS'].map((name) => [
        `${name}_DIR`,
        join(disk.path, name.toLowerCase()),
      ]),
    );
    const said = async (app: App): Promise<string | undefined> => {
      const worker = await startWorker(app, { ...away, ...folders, CAMERA_CAM_2_URL: 'rtsp://127.0.0.1:1/2' });
      try {
        const { dependencies } = (await (await fetch(`${worker.httpUrl}/health/ready`)).json()) as {
          dependencies: Record<string, Health>;
        };
        return dependencies['camera folders']?.sentence;
      } finally {
        await worker.stop();
      }
    };
    const apps: App[] = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];
    expect(await Promise.all(apps.map(said))).toEqual(
      apps.map(() => expect.stringContaining('mount --bind') as string),
    );
  }, 60_000);
});
