import 'reflect-metadata';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SUBJECTS, type SnapshotFailed, type SnapshotReady } from '@vr/contracts';
import { createClient, createHeaders } from '@vr/messaging';
import { hashFile } from '@vr/objects';
import { greyJpeg, lumaOf, lumaOfJpeg, recordGreys } from '@vr/recorded';
import { createLogger, readEnvironment, Registry, ServiceModule, Shutdown, Transports } from '@vr/service';
import { startNats, temporaryFolder, until, type Server, type TemporaryFolder } from '@vr/testing';
import { AppModule } from './app.module';
import { snapshotterSettings } from './config';

type Reply = SnapshotReady & { error?: { code: string; message: string } };

describe('snapshotter, on a real NATS and disk', () => {
  let nats: Server;
  let disk: TemporaryFolder;
  let client: Awaited<ReturnType<typeof createClient>>;
  let app: INestApplication;
  let shutdown: Shutdown;
  let frames: HttpServer;
  let framesUrl: string;
  let jpeg: Buffer;
  /** cam_1's footage: 10 s, the last of which is just over. cam_2's ended half an hour ago. */
  let startMs: number;
  let cam2Ms: number;
  const asked: string[] = [];
  const ready: SnapshotReady[] = [];
  const failed: SnapshotFailed[] = [];

  beforeAll(async () => {
    [nats, disk, jpeg] = await Promise.all([startNats(), temporaryFolder(), greyJpeg('640x360')]);
    const folder = (name: string): string => join(disk.path, name);
    await writeFile(
      folder('cameras.yaml'),
      `cameras:\n${[1, 2, 3, 4, 5].map((n) => `  - {id: cam_${n}, url: "rtsp://127.0.0.1/${n}"}`).join('\n')}\n`,
    );
    frames = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/moved.jpg') response.writeHead(302, { location: '/frame.jpg' }).end();
      else if (request.url === '/endless.jpg') response.write(jpeg);
      else if (request.url === '/page.jpg') response.end('<html>404</html>');
      else response.end(request.url === '/huge.jpg' ? claiming(jpeg, 65_500) : jpeg);
    });
    frames.listen(0, '127.0.0.1');
    await once(frames, 'listening');
    framesUrl = `http://127.0.0.1:${(frames.address() as AddressInfo).port}`;
    cam2Ms = Date.now() - 1_800_000;
    await recordGreys(folder('recordings'), 'cam_2', cam2Ms, 4);
    startMs = Date.now() - 11_000;
    await recordGreys(folder('recordings'), 'cam_1', startMs, 10);

    const config = readEnvironment(snapshotterSettings, {
      ...{ NATS_URL: nats.url, CAMERAS_FILE: folder('cameras.yaml'), FRAME_HOSTS: '127.0.0.1' },
      ...{ RECORDINGS_DIR: folder('recordings'), SNAPSHOTS_DIR: folder('snapshots'), OBJECTS_DIR: folder('objects') },
    });
    const logger = createLogger('snapshotter', process.env['LOG_LEVEL'] ?? 'silent');
    shutdown = new Shutdown(logger);
    @Module({ imports: [ServiceModule.forRoot({ config, logger, shutdown }), AppModule] })
    class RootModule {}
    app = await NestFactory.create(RootModule, { logger: false, abortOnError: false });
    for (const strategy of app.get(Transports).strategies)
      app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.init();
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe(SUBJECTS.snapshotReady, {
      callback: (_, message) => void ready.push(message.json<SnapshotReady>()),
    });
    client.subscribe(SUBJECTS.snapshotFailed, {
      callback: (_, message) => void failed.push(message.json<SnapshotFailed>()),
    });
    await until(() => ask({ camera_id: 'cam_9' }).catch(() => undefined), { what: 'an answer', deadlineMs: 10_000 });
  }, 60_000);

  afterAll(async () => {
    await shutdown.run();
    await app.close();
    await client.close();
    frames.closeAllConnections();
    frames.close();
    await nats.stop();
    await disk.remove();
  }, 30_000);

  const seconds = (ms: number): number => Math.round(ms) / 1000;
  const ask = async (payload: unknown): Promise<Reply> =>
    (await client.request(SUBJECTS.recordSnapshot, JSON.stringify(payload), { timeout: 25_000 })).json<Reply>();
  /** A frame of now, and a snapshot that shows it: who asks within 200 ms of another gets the picture of before. */
  const askFor = (camera_id: string, publish: (timestamp: number) => void): Promise<Reply> =>
    until(
      async () => {
        const timestamp = seconds(Date.now());
        publish(timestamp);
        return [await ask({ camera_id })].find(({ captured_at }) => captured_at === timestamp);
      },
      { what: 'a snapshot of the newest frame', deadlineMs: 10_000 },
    );
  const frame = (payload: object): void => client.publish(SUBJECTS.cameraFrame, JSON.stringify(payload));
  const metric = async (name: string): Promise<number> =>
    (await app.get(Registry).getSingleMetric(name)?.get())?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;

  it('takes a moment from the footage: the very picture, on disk, in the store, announced', async () => {
    const moment = startMs + 3500;
    const reply = await ask({
      camera_id: 'cam_1',
      timestamp: seconds(moment),
      reason: 'check',
      request_id: 'r-1',
      event_id: 'e-1',
    });
    expect(reply).toMatchObject({
      camera_id: 'cam_1',
      reason: 'check',
      request_id: 'r-1',
      event_id: 'e-1',
      timestamp: seconds(moment),
      source_of_image: 'footage',
      width: 320,
      height: 180,
      bucket: 'snapshots',
    });
    expect(reply.key).toMatch(/^cam_1\/\d{4}-\d{2}-\d{2}\/cam_1_\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z\.jpg$/);
    expect(seconds(moment) - reply.captured_at).toBeGreaterThanOrEqual(-0.002);
    expect(seconds(moment) - reply.captured_at).toBeLessThan(0.042);
    for (const root of ['snapshots', 'objects/snapshots']) {
      const path = join(disk.path, root, reply.key);
      expect(await hashFile(path)).toEqual({ sha256: reply.sha256, sizeBytes: reply.size_bytes });
      expect(Math.abs((await lumaOfJpeg(path)) - lumaOf(3))).toBeLessThan(4);
    }
    expect(reply.url).toContain('/objects/snapshots/');
    await until(() => ready.find(({ request_id }) => request_id === 'r-1'), {
      what: 'snapshot.ready',
      deadlineMs: 5000,
    });
    expect(ready.at(-1)).toEqual(reply);
    expect(await metric('snapshots_generated_total')).toBe(1);
  });

  it('gives requests of one instant a file each, as published messages too', async () => {
    const request = { camera_id: 'cam_1', timestamp: seconds(startMs + 5200) };
    for (const id of ['a', 'b', 'c'])
      client.publish(SUBJECTS.recordSnapshot, JSON.stringify({ ...request, request_id: id }));
    const three = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        until(() => ready.find(({ request_id }) => request_id === id), { what: id, deadlineMs: 20_000 }),
      ),
    );
    expect(new Set(three.map(({ key }) => key)).size).toBe(3);
    expect(new Set(three.map(({ sha256 }) => sha256)).size).toBe(1);
    const day = join(disk.path, 'snapshots', dirname(three[0]?.key ?? ''));
    await until(async () => (await readdir(join(disk.path, 'snapshots/.outbox'))).length === 0, {
      what: 'an empty outbox',
      deadlineMs: 5000,
    });
    expect(await readdir(join(disk.path, 'snapshots/.work'))).toEqual([]);
    expect((await readdir(day)).length).toBe(8);
    const record: unknown = JSON.parse(await readFile(join(day, `${three[0]?.snapshot_id ?? ''}.json`), 'utf8'));
    expect({ ...(record as object), url: three[0]?.url }).toMatchObject({ ...three[0], state: 'announced' });
  });

  it('takes the newest footage for now where there is no frame', async () => {
    // A recorder is at work: its newest picture is a second old.
    await recordGreys(join(disk.path, 'recordings'), 'cam_4', Date.now() - 5000, 4);
    const reply = await ask({ camera_id: 'cam_4' });
    expect(reply).toMatchObject({ source_of_image: 'footage', reason: 'request', width: 320 });
    expect(Math.abs((await lumaOfJpeg(join(disk.path, 'snapshots', reply.key))) - lumaOf(3))).toBeLessThan(4);
  });

  it('takes the newest frame for now: by address, as base64, as a bare JPEG', async () => {
    const byAddress = await askFor('cam_3', (timestamp) => {
      frame({ camera_id: 'cam_3', timestamp: timestamp - 0.1, url: `${framesUrl}/old.jpg` });
      frame({ camera_id: 'cam_3', timestamp, url: `${framesUrl}/frame.jpg` });
    });
    expect(byAddress).toMatchObject({ source_of_image: 'frame', width: 640, height: 360 });
    expect(new Set(asked)).toEqual(new Set(['/frame.jpg']));
    const asBase64 = await askFor('cam_3', (timestamp) =>
      frame({ camera_id: 'cam_3', timestamp, data: jpeg.toString('base64') }),
    );
    const raw = await askFor('cam_3', (timestamp) =>
      client.publish(SUBJECTS.cameraFrame, jpeg, {
        headers: createHeaders({ camera_id: 'cam_3', timestamp: `${timestamp}` }),
      }),
    );
    for (const reply of [byAddress, asBase64, raw]) {
      expect(reply.source_of_image).toBe('frame');
      const stored = await readFile(join(disk.path, 'snapshots', reply.key));
      expect(withoutOrigin(stored)).toEqual(jpeg);
      expect(stored.includes('cam_3')).toBe(true);
    }
  });

  it('gives those who ask for one camera at once one picture, each under its own name', async () => {
    const before = asked.length;
    frame({ camera_id: 'cam_4', timestamp: seconds(Date.now()), url: `${framesUrl}/shared.jpg` });
    const replies = await Promise.all(
      ['s-1', 's-2', 's-3'].map((request_id) => ask({ camera_id: 'cam_4', request_id })),
    );
    expect(replies.map(({ request_id }) => request_id)).toEqual(['s-1', 's-2', 's-3']);
    expect(new Set(replies.map(({ captured_at }) => captured_at)).size).toBe(1);
    expect(new Set(replies.map(({ snapshot_id }) => snapshot_id)).size).toBe(3);
    expect(asked.slice(before)).toEqual(['/shared.jpg']);
  });

  it('takes a snapshot of every event, once: from the frame nearest to it, or from the footage', async () => {
    const momentMs = Date.now() - 600;
    for (const ms of [-80, -40, 10, 60])
      frame({ camera_id: 'cam_5', timestamp: seconds(momentMs + ms), url: `${framesUrl}/event${ms}.jpg` });
    await client.flush();
    const event = { camera_id: 'cam_5', timestamp: seconds(momentMs), event_id: 'visitor', zone: { name: 'gate' } };
    for (let n = 0; n < 3; n++) client.publish('seguranca.event.person', JSON.stringify(event));
    const found = await until(() => ready.find(({ event_id }) => event_id === 'visitor'), {
      what: 'snapshot.ready of the event',
      deadlineMs: 10_000,
    });
    expect(found).toMatchObject({
      reason: 'event:person',
      timestamp: seconds(momentMs),
      captured_at: seconds(momentMs + 10),
      source_of_image: 'frame',
      source: event,
    });
    expect(asked.at(-1)).toBe('/event10.jpg');

    // Late, as after an outage: the event's own instant, not now. cam_2 has had no frame and is down by now.
    client.publish('seguranca.event.fall', JSON.stringify({ camera_id: 'cam_2', timestamp: seconds(cam2Ms + 2500) }));
    const late = await until(() => ready.find(({ camera_id, event_id }) => camera_id === 'cam_2' && event_id), {
      what: 'snapshot.ready of the late event',
      deadlineMs: 10_000,
    });
    expect(late).toMatchObject({
      reason: 'event:fall',
      event_id: `fall_cam_2_${cam2Ms + 2500}`,
      source_of_image: 'footage',
    });
    expect(Math.abs((await lumaOfJpeg(join(disk.path, 'snapshots', late.key))) - lumaOf(2))).toBeLessThan(4);

    client.publish('seguranca.event.person', JSON.stringify(event));
    client.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_2', timestamp: seconds(cam2Ms - 600_000), event_id: 'nothing' }),
    );
    expect(
      await until(() => failed.find(({ event_id }) => event_id === 'nothing'), {
        what: 'snapshot.failed',
        deadlineMs: 10_000,
      }),
    ).toMatchObject({
      code: 'no_footage',
      message: expect.stringContaining(new Date(cam2Ms).toISOString()) as string,
    });
    expect(ready.filter(({ event_id }) => event_id === 'visitor')).toHaveLength(1);
  });

  it.each(['moved.jpg', 'page.jpg', 'huge.jpg', 'endless.jpg'])(
    'does without a frame that cannot be had: %s',
    async (name) => {
      await recordGreys(join(disk.path, 'recordings'), 'cam_1', Date.now() - 3000, 2);
      frame({ camera_id: 'cam_1', timestamp: seconds(Date.now()), url: `${framesUrl}/${name}` });
      expect(await ask({ camera_id: 'cam_1' })).toMatchObject({ source_of_image: 'footage' });
      expect(asked.at(-1)).toBe(`/${name}`);
    },
  );

  it('drops a frame that claims to be larger than any camera, and counts it', async () => {
    await recordGreys(join(disk.path, 'recordings'), 'cam_1', Date.now() - 3000, 2);
    const rejected = await metric('messages_rejected_total');
    frame({ camera_id: 'cam_1', timestamp: seconds(Date.now()), data: claiming(jpeg, 65_500).toString('base64') });
    expect(await ask({ camera_id: 'cam_1' })).toMatchObject({ source_of_image: 'footage', width: 320 });
    expect(await metric('messages_rejected_total')).toBe(rejected + 1);
  });

  it.each([
    ['unknown_camera', { camera_id: 'cam_9' }],
    ['camera_offline', { camera_id: 'cam_2' }],
    ['no_footage', { camera_id: 'cam_1', timestamp: '2026-11-20T00:00:00Z' }],
    ['footage_expired', { camera_id: 'cam_1', timestamp: '2020-01-01T00:00:00Z' }],
    ['invalid_payload', { camera_id: 'cam_1', timestamp: '2099-01-01T00:00:00Z' }],
  ])('says %s, to who asked and to all', async (code, request) => {
    // Days back from now, whatever now is.
    const timestamp =
      code === 'no_footage'
        ? seconds(Date.now() - 3 * 86_400_000)
        : 'timestamp' in request
          ? request.timestamp
          : undefined;
    const request_id = `failing-${code}`;
    expect((await ask({ ...request, timestamp, request_id })).error).toMatchObject({ code });
    const message = await until(() => failed.find((each) => each.request_id === request_id), {
      what: 'snapshot.failed',
      deadlineMs: 5000,
    });
    expect(message).toMatchObject({ camera_id: request.camera_id, code });
  });

  it('lives on after what no one should send', async () => {
    for (const body of ['', '{', '[]', '{"camera_id":"../../etc"}', '{"camera_id":"cam_1","timestamp":"yesterday"}']) {
      client.publish(SUBJECTS.recordSnapshot, body);
      client.publish(SUBJECTS.cameraFrame, body);
    }
    expect(await ask({ camera_id: 'cam_1', timestamp: seconds(startMs + 1500) })).toMatchObject({
      source_of_image: 'footage',
    });
  });

  it('tells of a flood of refused requests a few times and once how many there were; who waits for a reply has his own', async () => {
    const flood = 200;
    const rejected = await metric('messages_rejected_total');
    const requests = Array.from({ length: 40 }, (_, n) => ask({ camera_id: 'cam_8', request_id: `asked-${n}` }));
    for (let n = 0; n < flood; n++)
      client.publish(SUBJECTS.recordSnapshot, JSON.stringify({ camera_id: 'cam_8', request_id: `flood-${n}` }));
    expect((await Promise.all(requests)).map(({ error }) => error?.code)).toEqual(requests.map(() => 'unknown_camera'));
    await until(async () => (await metric('messages_rejected_total')) === rejected + flood + requests.length, {
      what: 'all of them counted',
      deadlineMs: 10_000,
    });
    await client.flush();
    expect(failed.filter(({ camera_id }) => camera_id === 'cam_8').length).toBeLessThanOrEqual(30);
    expect(failed.filter(({ camera_id }) => camera_id === 'cam_8').length).toBeGreaterThan(0);
    await shutdown.run(); // which says what was left out, before its minute is over
    const sum = await until(() => failed.find(({ left_out }) => left_out !== undefined), {
      what: 'how many were left out',
      deadlineMs: 5000,
    });
    expect(
      failed.filter(({ code, left_out }) => code === 'unknown_camera' && left_out === undefined).length +
        (sum.left_out ?? 0),
    ).toBeGreaterThanOrEqual(flood + requests.length);
  });
});

/** The same picture, of which the header says that it is so many pixels wide and high. */
function claiming(jpeg: Buffer, sidePx: number): Buffer {
  const copy = Buffer.from(jpeg);
  const header = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(sidePx, header + 5);
  copy.writeUInt16BE(sidePx, header + 7);
  return copy;
}

/** The picture as it was sent: without what we said in it of its date and camera. */
function withoutOrigin(jpeg: Buffer): Buffer {
  const at = jpeg.indexOf('Exif') - 4;
  return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]);
}
