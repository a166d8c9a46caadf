import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNats, temporaryFolder, until, type Server } from '@vr/testing';
import { createClient } from './index';
import { startTestWorker, type TestWorker } from './worker.fixture';

/** The worker may do all but publish to out.forbidden. After a reload it may do that too. */
const users = (denied: string): string => `authorization { users: [
  { user: house, password: h },
  { user: clipper, password: c, permissions: {
    publish: { deny: ["${denied}"] }, subscribe: { deny: ["test.number"] } } }
] }`;

describe('a NATS that denies a publish', () => {
  let nats: Server;
  let worker: TestWorker;
  let path: string;

  beforeAll(async () => {
    path = join((await temporaryFolder('denied')).path, 'nats.conf');
    await writeFile(path, users('out.forbidden'));
    nats = await startNats({ configurationPath: path });
    worker = await startTestWorker(nats.url, { NATS_USER: 'clipper', NATS_PASS: 'c' });
    await worker.publisher.publish('out.news', 1);
  }, 30_000);
  afterAll(async () => {
    await worker.end();
    await nats.stop();
  });

  const sentence = async (): Promise<string> => {
    const health = await worker.health();
    return `${health?.state ?? ''}: ${health?.sentence ?? ''}`;
  };

  it('makes it reject, at once and every time, and the others go out beside it', async () => {
    const outcomes = await Promise.allSettled(
      ['out.forbidden', 'out.news', 'out.forbidden', 'out.news'].map((subject) => worker.publisher.publish(subject, 1)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    await expect(worker.publisher.publish('out.forbidden', 1)).rejects.toThrow(
      'NATS does not let user "clipper" publish to out.forbidden',
    );
  });

  it('is said in readiness with subject and user, beside the subscription that it denies', async () => {
    await worker.publisher.publish('out.forbidden', 1).catch(() => undefined);
    expect(await sentence()).toMatch(
      /^degraded: .*NATS does not let user "clipper" publish to out\.forbidden: give him that permission/,
    );
    expect(await sentence()).toContain('no subscription to test.number');
  });

  it('is said once for all replies that it denies, whatever their subjects', async () => {
    const house = await createClient({ NATS_URL: nats.url, NATS_USER: 'house', NATS_PASS: 'h' });
    await writeFile(path, users('_INBOX.>'));
    process.kill(nats.pid, 'SIGHUP');
    await until(
      async () => {
        await expect(house.request('test.echo', '1', { timeout: 200, noMux: true })).rejects.toThrow(/timeout/);
        return (await sentence()).includes('publish to _INBOX.>');
      },
      { what: 'denied replies in readiness', deadlineMs: 10_000 },
    );
    await house.close();
  });

  it('takes it once the permission is there, and readiness forgets', async () => {
    await until(
      () =>
        worker.publisher.publish('out.forbidden', 1).then(
          () => true,
          () => false,
        ),
      { what: 'the publish to go', deadlineMs: 10_000 },
    );
    expect(await sentence()).not.toContain('out.forbidden');
  });
});
