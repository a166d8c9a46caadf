import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { CameraTestAnswer } from '@vr/contracts';
import { startCamera, type Camera } from '@vr/testing';
import { ConsoleApp } from '../testing/console-app';

const PASSWORD = 'p@ss:w/rd';

describe('the test of a camera', () => {
  let camera: Camera;
  /** It asks for no password. */
  let open: Camera;
  let console_: ConsoleApp;
  beforeAll(async () => {
    [camera, open, console_] = await Promise.all([
      startCamera({ user: 'admin', password: PASSWORD, gopSeconds: 1 }),
      startCamera({ gopSeconds: 1 }),
      ConsoleApp.start({ cameras: ['cam_1'] }),
    ]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([camera.stop(), open.stop(), console_.stop()]);
  });

  const test = async (url: string): Promise<{ status: number; text: string; answer: CameraTestAnswer }> => {
    const response = await console_.post('/api/camera-test', { url });
    const text = await response.text();
    return { status: response.status, text, answer: JSON.parse(text) as CameraTestAnswer };
  };

  it('says what it sends, and never its password', async () => {
    const { status, text, answer } = await test(camera.url(1));
    expect([status, answer]).toMatchObject([200, { works: true, codec: 'h264', fps: expect.closeTo(25, 0) as number }]);
    expect(answer.gop_seconds).toBeCloseTo(1, 1);
    expect(answer.width).toBeGreaterThan(0);
    expect(text).not.toMatch(/p@ss|p%40ss|admin/);
  }, 30_000);

  it('says why nothing comes: a wrong password, a wrong path, nobody there, no camera', async () => {
    const right = new URL(camera.url(1));
    const wrong = new URL(right);
    wrong.password = 'other-secret';
    const elsewhere = new URL(open.url(1));
    elsewhere.pathname = '/nowhere';
    const page = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\ninternal page'));
    page.listen(0, '127.0.0.1');
    await once(page, 'listening');
    const port = (page.address() as AddressInfo).port;
    page.unref();
    for (const [url, trouble] of [
      [wrong.href, 'unauthorized'],
      [elsewhere.href, 'not_found'],
      ['rtsp://u:secret-9@127.0.0.1:1/s', 'refused'],
      [`rtsp://u:secret-9@127.0.0.1:${port}/`, 'unreadable'],
    ] as const) {
      const { status, text, answer } = await test(url);
      expect([url, status, answer.works, answer.trouble]).toEqual([url, 200, false, trouble]);
      expect(text).not.toMatch(/secret|internal|p@ss|p%40ss/);
    }
    page.close();
  }, 60_000);

  it.each(['http://127.0.0.1/', 'file:///etc/passwd', 'rtmp://127.0.0.1/x', 'concat:rtsp://x', '-i rtsp://x', ''])(
    'asks nothing else for others: %s',
    async (url) => {
      expect((await test(url)).status).toBe(400);
    },
  );

  it('tests a camera of the configuration by its id, and no other', async () => {
    const known = await console_.post('/api/cameras/cam_1/test', {});
    expect([known.status, await known.json()]).toMatchObject([200, { works: false, trouble: 'refused' }]);
    expect((await console_.post('/api/cameras/cam_9/test', {})).status).toBe(404);
  });
});
