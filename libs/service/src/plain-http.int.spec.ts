import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { startWorker, temporaryFolder, type TemporaryFolder, type WorkerProcess } from '@vr/testing';

describe('the HTTP of a worker without pages', () => {
  let folder: TemporaryFolder;
  let worker: WorkerProcess;
  beforeAll(async () => {
    folder = await temporaryFolder('plain-http');
    worker = await startWorker('recorder', {
      RECORDINGS_DIR: folder.path,
      NATS_URL: 'nats://127.0.0.1:1',
      CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s',
    });
  });
  afterAll(async () => {
    await worker.stop();
    await folder.remove();
  });
  const statusOf = (path: string, host: string): Promise<number | undefined> =>
    new Promise((settle, fail) => {
      request({ host: '127.0.0.1', port: worker.httpPort, path, headers: { host }, agent: false }, (response) => {
        response.resume();
        settle(response.statusCode);
      })
        .once('error', fail)
        .end();
    });

  it('answers on loopback to names of this machine only: no page whose name leads here reads it', async () => {
    for (const path of ['/metrics', '/health/ready', '/nothing'])
      expect([await statusOf(path, 'evil.example'), await statusOf(path, `evil.example:${worker.httpPort}`)]).toEqual([
        403, 403,
      ]);
    for (const host of ['127.0.0.1', `localhost:${worker.httpPort}`, '[::1]'])
      expect(await statusOf('/metrics', host)).toBe(200);
    expect(await statusOf('/health/live', 'evil.example')).toBe(200);
  });

  it('does not repeat a path and query that it does not know', async () => {
    const response = await fetch(`${worker.httpUrl}/nothing/hunter2-of-the-path?hunter2-of-the-query`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(
      '{"error":{"code":"not_found","message":"Wanted one of /health/live, /health/ready, /metrics."}}',
    );
  });

  it('refuses by a code of its own, and does not say what it is made of', async () => {
    const headers = { host: 'evil.example' };
    const refused = await new Promise<IncomingMessage>((settle, fail) => {
      const at = { host: '127.0.0.1', port: worker.httpPort, path: '/metrics', headers, agent: false };
      request(at, settle).once('error', fail).end();
    });
    expect(JSON.parse(await text(refused))).toMatchObject({ error: { code: 'forbidden' } });
    expect(refused.headers).not.toHaveProperty('x-powered-by');
    for (const path of ['/metrics', '/nothing'])
      expect((await fetch(worker.httpUrl + path)).headers.get('x-powered-by')).toBeNull();
  });

  it('is shown in no page of another site', async () => {
    const { headers } = await fetch(`${worker.httpUrl}/metrics`);
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
