import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthAnswer } from '@vr/contracts';
import { ConsoleApp } from '../testing/console-app';

/** A worker that answers its readiness with these words. */
async function worker(body: string, status = 200): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('GET /api/health', () => {
  it('tells of every worker in sentences, also of one that is away, ill or no worker at all', async () => {
    const well = { nats: { state: 'up', sentence: 'connected' } };
    const ill = { ...well, redis: { state: 'down', sentence: 'no connection to Redis' } };
    const workers = await Promise.all([
      worker(JSON.stringify({ ready: true, dependencies: well })),
      worker(JSON.stringify({ ready: false, dependencies: ill }), 503),
      worker('<html>'),
    ]);
    const [recorder = '', clipper = '', stranger = ''] = workers.map(({ url }) => url);
    const urls = `recorder=${recorder},clipper=${clipper},snapshotter=${stranger},janitor=http://me:hush-hush@127.0.0.1:1`;
    const console_ = await ConsoleApp.start({ cameras: ['cam_1'], environment: { WORKERS_URLS: urls } });
    try {
      const response = await console_.get('/api/health');
      const text = await response.text();
      expect(text).not.toContain('hush-hush');
      const { state, workers: shown } = JSON.parse(text) as HealthAnswer;
      expect([response.status, state]).toEqual([200, 'down']);
      expect(shown).toMatchObject([
        { name: 'recorder', state: 'up', sentence: 'the recorder is well', dependencies: [{ name: 'nats' }] },
        { name: 'clipper', state: 'down', sentence: 'redis: no connection to Redis' },
        { name: 'snapshotter', state: 'down', sentence: expect.stringContaining('does not answer') as string },
        { name: 'janitor', state: 'down', sentence: expect.stringContaining('127.0.0.1:1') as string },
        { name: 'console', state: 'up' },
      ]);
    } finally {
      await console_.stop();
      for (const { server } of workers) server.close();
    }
  });
});
