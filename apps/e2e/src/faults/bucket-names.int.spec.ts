// A bucket name that no S3 server takes is a mistake of the configuration. The worker says so before it connects to
// anything, and not event by event.
import { spawnWorker } from '@vr/testing';

describe.each(['clipper', 'snapshotter', 'janitor', 'console'] as const)(
  'a %s with buckets against the rules of S3',
  (app) => {
    it('ends with 78, has said both, and what was wanted, and has connected to nothing', async () => {
      const nowhere = {
        NATS_URL: 'nats://127.0.0.1:1',
        REDIS_URL: 'redis://127.0.0.1:1',
        MINIO_ENDPOINT: '127.0.0.1:1',
      };
      const keys = { MINIO_ACCESS_KEY: 'access-key', MINIO_SECRET_KEY: 'secret-key' };
      const worker = await spawnWorker(app, {
        ...nowhere,
        ...keys,
        CLIPS_BUCKET: 'my..clips',
        SNAPSHOTS_BUCKET: 'Snapshots',
      });
      expect(await worker.exited).toEqual({ code: 78, signal: null });
      const said = worker.logs.join('\n');
      const wanted = "wanted a bucket by S3's rules: 3 to 63 lower-case letters, digits, - and single dots";
      expect(said).toMatch(new RegExp(`CLIPS_BUCKET.*${wanted}.*my\\.\\.clips`));
      expect(said).toMatch(new RegExp(`SNAPSHOTS_BUCKET.*${wanted}.*Snapshots`));
      expect(said).not.toMatch(/ECONNREFUSED|no connection/);
    });
  },
);
