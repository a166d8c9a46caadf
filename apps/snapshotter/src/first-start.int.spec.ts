// This is a machine on its first day. The object store has TLS of a private authority. It is not there yet when the
// worker starts.
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import {
  freePort,
  makeAuthority,
  runToEnd,
  startNats,
  startObjectServer,
  startTlsFront,
  startWorker,
  temporaryFolder,
  until,
} from '@vr/testing';

const DEADLINE_MS = 30_000;

describe('a worker whose object store could not be reached at its very first start', () => {
  it('is ready once the store is there, without an upload, and stores its first snapshot', async () => {
    const ends: (() => Promise<unknown>)[] = [];
    const keep = <T>(started: T, end: (started: T) => Promise<unknown>): T => {
      ends.unshift(() => end(started));
      return started;
    };
    try {
      const folder = keep(await temporaryFolder('first-start'), (it) => it.remove());
      const [nats, objects, authority, port] = await Promise.all([
        startNats(),
        startObjectServer(),
        makeAuthority(),
        freePort(),
      ]);
      for (const server of [nats, objects]) keep(server, (it) => it.stop());
      const worker = keep(
        await startWorker('snapshotter', {
          ...{
            NATS_URL: nats.url,
            CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:9/1',
            RECORDINGS_DIR: join(folder.path, 'recordings'),
            SNAPSHOTS_DIR: join(folder.path, 'snapshots'),
          },
          ...{ MINIO_ENDPOINT: `127.0.0.1:${port}`, MINIO_USE_SSL: 'true', MINIO_CA: authority.caPath },
          ...{
            MINIO_ACCESS_KEY: objects.accessKey,
            MINIO_SECRET_KEY: objects.secretKey,
            MINIO_REGION: objects.region,
            SNAPSHOTS_BUCKET: 'house.snapshots',
          },
        }),
        (it) => it.stop(),
      );
      // The worker has tried and given up.
      await worker.waitLog(/the bucket for snapshots cannot be made ready/);
      const before = await fetch(`${worker.httpUrl}/health/ready`);
      expect([before.status, await before.text()]).toEqual([503, expect.stringContaining('cannot be reached')]);

      keep(await startTlsFront({ to: objects.port, authority, port }), (it) => it.stop());
      await worker.waitReady();

      const picture = join(folder.path, 'frame.jpg');
      await runToEnd('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=gray:s=320x180', '-frames:v', '1', picture]);
      const data = (await runToEnd('base64', ['-w0', picture])).stdout.toString();
      const client = keep(await createClient({ NATS_URL: nats.url }), (it) => it.close());
      const ask = async (subject: string, payload: unknown): Promise<unknown> =>
        (await client.request(subject, JSON.stringify(payload), { timeout: DEADLINE_MS })).json();
      expect(await ask('seguranca.camera.frame', { camera_id: 'cam_1', data })).toBeNull();
      expect(
        await until(() => ask('seguranca.record.snapshot', { camera_id: 'cam_1' }), {
          what: 'the snapshot',
          deadlineMs: DEADLINE_MS,
        }),
      ).toMatchObject({
        bucket: 'house.snapshots',
        source_of_image: 'frame',
        url: expect.stringContaining(`https://127.0.0.1:${port}/house.snapshots/cam_1/`) as string,
      });
    } finally {
      for (const end of ends) await end();
    }
  }, 120_000);
});
