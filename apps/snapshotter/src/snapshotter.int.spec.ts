import 'reflect-metadata';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SUBJECTS } from '@vr/contracts';
import { createHeaders } from '@vr/messaging';
import { hashFile } from '@vr/objects';
import { lumaOf, lumaOfJpeg, recordGreys } from '@vr/recorded';
import { until } from '@vr/testing';
import { claiming, seconds, SnapshotterWorld } from './testing/snapshotter-world';

describe('snapshotter, on a real NATS and disk', () => {
  let world: SnapshotterWorld;
  beforeAll(async () => {
    world = await SnapshotterWorld.begin();
  }, 60_000);
  afterAll(() => world.end(), 30_000);

  it('takes a moment from the footage: the very picture, on disk, in the store, announced', async () => {
    const moment = world.startMs + 3500;
    const reply = await world.ask({
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
      const path = join(world.disk.path, root, reply.key);
      expect(await hashFile(path)).toEqual({ sha256: reply.sha256, sizeBytes: reply.size_bytes });
      expect(Math.abs((await lumaOfJpeg(path)) - lumaOf(3))).toBeLessThan(4);
    }
    expect(reply.url).toContain('/objects/snapshots/');
    await until(() => world.ready.find(({ request_id }) => request_id === 'r-1'), {
      what: 'snapshot.ready',
      deadlineMs: 5000,
    });
    expect(world.ready.at(-1)).toEqual(reply);
    expect(await world.metric('snapshots_generated_total')).toBe(1);
  });

  it('gives requests of one instant a file each, as published messages too', async () => {
    const request = { camera_id: 'cam_1', timestamp: seconds(world.startMs + 5200) };
    for (const id of ['a', 'b', 'c'])
      world.client.publish(SUBJECTS.recordSnapshot, JSON.stringify({ ...request, request_id: id }));
    const three = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        until(() => world.ready.find(({ request_id }) => request_id === id), { what: id, deadlineMs: 20_000 }),
      ),
    );
    expect(new Set(three.map(({ key }) => key)).size).toBe(3);
    expect(new Set(three.map(({ sha256 }) => sha256)).size).toBe(1);
    const day = join(world.disk.path, 'snapshots', dirname(three[0]?.key ?? ''));
    await until(async () => (await readdir(join(world.disk.path, 'snapshots/.outbox'))).length === 0, {
      what: 'an empty outbox',
      deadlineMs: 5000,
    });
    expect(await readdir(join(world.disk.path, 'snapshots/.work'))).toEqual([]);
    expect((await readdir(day)).length).toBe(8);
    const record: unknown = JSON.parse(await readFile(join(day, `${three[0]?.snapshot_id ?? ''}.json`), 'utf8'));
    expect({ ...(record as object), url: three[0]?.url }).toMatchObject({ ...three[0], state: 'announced' });
  });

  it('takes the newest footage for now where there is no frame', async () => {
    // A recorder is at work, and its newest picture is a second old.
    await recordGreys(join(world.disk.path, 'recordings'), 'cam_4', Date.now() - 5000, 4);
    const reply = await world.ask({ camera_id: 'cam_4' });
    expect(reply).toMatchObject({ source_of_image: 'footage', reason: 'request', width: 320 });
    expect(Math.abs((await lumaOfJpeg(join(world.disk.path, 'snapshots', reply.key))) - lumaOf(3))).toBeLessThan(4);
  });

  it('takes the newest frame for now: by address, as base64, as a bare JPEG', async () => {
    const byAddress = await world.askFor('cam_3', (timestamp) => {
      world.frame({ camera_id: 'cam_3', timestamp: timestamp - 0.1, url: `${world.framesUrl}/old.jpg` });
      world.frame({ camera_id: 'cam_3', timestamp, url: `${world.framesUrl}/frame.jpg` });
    });
    expect(byAddress).toMatchObject({ source_of_image: 'frame', width: 640, height: 360 });
    expect(new Set(world.asked)).toEqual(new Set(['/frame.jpg']));
    const asBase64 = await world.askFor('cam_3', (timestamp) =>
      world.frame({ camera_id: 'cam_3', timestamp, data: world.jpeg.toString('base64') }),
    );
    const raw = await world.askFor('cam_3', (timestamp) =>
      world.client.publish(SUBJECTS.cameraFrame, world.jpeg, {
        headers: createHeaders({ camera_id: 'cam_3', timestamp: `${timestamp}` }),
      }),
    );
    for (const reply of [byAddress, asBase64, raw]) {
      expect(reply.source_of_image).toBe('frame');
      const stored = await readFile(join(world.disk.path, 'snapshots', reply.key));
      expect(withoutOrigin(stored)).toEqual(world.jpeg);
      expect(stored.includes('cam_3')).toBe(true);
    }
  });

  it('gives those who ask for one camera at once one picture, each under its own name', async () => {
    const before = world.asked.length;
    world.frame({ camera_id: 'cam_4', timestamp: seconds(Date.now()), url: `${world.framesUrl}/shared.jpg` });
    const replies = await Promise.all(
      ['s-1', 's-2', 's-3'].map((request_id) => world.ask({ camera_id: 'cam_4', request_id })),
    );
    expect(replies.map(({ request_id }) => request_id)).toEqual(['s-1', 's-2', 's-3']);
    expect(new Set(replies.map(({ captured_at }) => captured_at)).size).toBe(1);
    expect(new Set(replies.map(({ snapshot_id }) => snapshot_id)).size).toBe(3);
    expect(world.asked.slice(before)).toEqual(['/shared.jpg']);
  });

  it('takes a snapshot of every event, once: from the frame nearest to it, or from the footage', async () => {
    const momentMs = Date.now() - 600;
    for (const ms of [-80, -40, 10, 60])
      world.frame({ camera_id: 'cam_5', timestamp: seconds(momentMs + ms), url: `${world.framesUrl}/event${ms}.jpg` });
    await world.client.flush();
    const event = { camera_id: 'cam_5', timestamp: seconds(momentMs), event_id: 'visitor', zone: { name: 'gate' } };
    for (let n = 0; n < 3; n++) world.client.publish('seguranca.event.person', JSON.stringify(event));
    const found = await until(() => world.ready.find(({ event_id }) => event_id === 'visitor'), {
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
    expect(world.asked.at(-1)).toBe('/event10.jpg');

    // The event comes late, as after an outage. The picture is of its own instant and not of now. cam_2 has had no
    // frame and is down by now.
    world.client.publish(
      'seguranca.event.fall',
      JSON.stringify({ camera_id: 'cam_2', timestamp: seconds(world.cam2Ms + 2500) }),
    );
    const late = await until(() => world.ready.find(({ camera_id, event_id }) => camera_id === 'cam_2' && event_id), {
      what: 'snapshot.ready of the late event',
      deadlineMs: 10_000,
    });
    expect(late).toMatchObject({
      reason: 'event:fall',
      event_id: `fall_cam_2_${world.cam2Ms + 2500}`,
      source_of_image: 'footage',
    });
    expect(Math.abs((await lumaOfJpeg(join(world.disk.path, 'snapshots', late.key))) - lumaOf(2))).toBeLessThan(4);

    world.client.publish('seguranca.event.person', JSON.stringify(event));
    world.client.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_2', timestamp: seconds(world.cam2Ms - 600_000), event_id: 'nothing' }),
    );
    expect(
      await until(() => world.failed.find(({ event_id }) => event_id === 'nothing'), {
        what: 'snapshot.failed',
        deadlineMs: 10_000,
      }),
    ).toMatchObject({
      code: 'no_footage',
      message: expect.stringContaining(new Date(world.cam2Ms).toISOString()) as string,
    });
    expect(world.ready.filter(({ event_id }) => event_id === 'visitor')).toHaveLength(1);
  });

  it.each(['moved.jpg', 'page.jpg', 'huge.jpg', 'endless.jpg'])(
    'does without a frame that cannot be had: %s',
    async (name) => {
      await recordGreys(join(world.disk.path, 'recordings'), 'cam_1', Date.now() - 3000, 2);
      world.frame({ camera_id: 'cam_1', timestamp: seconds(Date.now()), url: `${world.framesUrl}/${name}` });
      expect(await world.ask({ camera_id: 'cam_1' })).toMatchObject({ source_of_image: 'footage' });
      expect(world.asked.at(-1)).toBe(`/${name}`);
    },
  );

  it('drops a frame that claims to be larger than any camera, and counts it', async () => {
    await recordGreys(join(world.disk.path, 'recordings'), 'cam_1', Date.now() - 3000, 2);
    const rejected = await world.metric('messages_rejected_total');
    world.frame({
      camera_id: 'cam_1',
      timestamp: seconds(Date.now()),
      data: claiming(world.jpeg, 65_500).toString('base64'),
    });
    expect(await world.ask({ camera_id: 'cam_1' })).toMatchObject({ source_of_image: 'footage', width: 320 });
    expect(await world.metric('messages_rejected_total')).toBe(rejected + 1);
  });

  it.each([
    ['unknown_camera', { camera_id: 'cam_9' }],
    ['camera_offline', { camera_id: 'cam_2' }],
    ['no_footage', { camera_id: 'cam_1', timestamp: '2026-11-20T00:00:00Z' }],
    ['footage_expired', { camera_id: 'cam_1', timestamp: '2020-01-01T00:00:00Z' }],
    ['invalid_payload', { camera_id: 'cam_1', timestamp: '2099-01-01T00:00:00Z' }],
  ])('says %s, to who asked and to all', async (code, request) => {
    // The days count back from now, whatever now is.
    const timestamp =
      code === 'no_footage'
        ? seconds(Date.now() - 3 * 86_400_000)
        : 'timestamp' in request
          ? request.timestamp
          : undefined;
    const request_id = `failing-${code}`;
    expect((await world.ask({ ...request, timestamp, request_id })).error).toMatchObject({ code });
    const message = await until(() => world.failed.find((each) => each.request_id === request_id), {
      what: 'snapshot.failed',
      deadlineMs: 5000,
    });
    expect(message).toMatchObject({ camera_id: request.camera_id, code });
  });

  it('lives on after what no one should send', async () => {
    for (const body of ['', '{', '[]', '{"camera_id":"../../etc"}', '{"camera_id":"cam_1","timestamp":"yesterday"}']) {
      world.client.publish(SUBJECTS.recordSnapshot, body);
      world.client.publish(SUBJECTS.cameraFrame, body);
    }
    expect(await world.ask({ camera_id: 'cam_1', timestamp: seconds(world.startMs + 1500) })).toMatchObject({
      source_of_image: 'footage',
    });
  });

  it('tells of a flood of refused requests a few times, and once how many; every caller gets his reply', async () => {
    const flood = 200;
    const rejected = await world.metric('messages_rejected_total');
    const requests = Array.from({ length: 40 }, (_, n) => world.ask({ camera_id: 'cam_8', request_id: `asked-${n}` }));
    for (let n = 0; n < flood; n++)
      world.client.publish(SUBJECTS.recordSnapshot, JSON.stringify({ camera_id: 'cam_8', request_id: `flood-${n}` }));
    expect((await Promise.all(requests)).map(({ error }) => error?.code)).toEqual(requests.map(() => 'unknown_camera'));
    await until(async () => (await world.metric('messages_rejected_total')) === rejected + flood + requests.length, {
      what: 'all of them counted',
      deadlineMs: 10_000,
    });
    await world.client.flush();
    expect(world.failed.filter(({ camera_id }) => camera_id === 'cam_8').length).toBeLessThanOrEqual(30);
    expect(world.failed.filter(({ camera_id }) => camera_id === 'cam_8').length).toBeGreaterThan(0);
    await world.shutdown.run(); // which says what was left out, before its minute is over
    const sum = await until(() => world.failed.find(({ left_out }) => left_out !== undefined), {
      what: 'how many were left out',
      deadlineMs: 5000,
    });
    expect(
      world.failed.filter(({ code, left_out }) => code === 'unknown_camera' && left_out === undefined).length +
        (sum.left_out ?? 0),
    ).toBeGreaterThanOrEqual(flood + requests.length);
  });
});

/** The picture as it was sent, without the date and the camera that we wrote into it. */
function withoutOrigin(jpeg: Buffer): Buffer {
  const at = jpeg.indexOf('Exif') - 4;
  return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]);
}
