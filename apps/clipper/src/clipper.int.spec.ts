import 'reflect-metadata';
import type { ClipRecord } from '@vr/contracts';
import { hashFile } from '@vr/objects';
import { picturesOf } from '@vr/recorded';
import { runToEnd, until } from '@vr/testing';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipperWorld, DEADLINE_MS } from './testing/clipper-world';

describe('clipper, on a real NATS, Redis and disk', () => {
  let world: ClipperWorld;
  beforeAll(async () => {
    world = await ClipperWorld.begin();
  }, 60_000);
  afterAll(() => world.end(), 30_000);

  it('makes one clip of an event that comes three times: file, thumbnail, record, objects, message', async () => {
    const event = {
      camera_id: 'cam_1',
      timestamp: world.at(19.3),
      event_id: 'thrice',
      confidence: 0.87,
      zone: { name: 'gate' },
    };
    for (let i = 0; i < 3; i++) world.send(event);
    const message = await world.clipReady('thrice');
    expect(message).toMatchObject({
      ...{
        clip_id: `event_cam_1_${world.at(19.3).toFixed(3)}`,
        event_type: 'person',
        timestamp: world.at(19.3),
        partial: false,
        gaps: [],
        source: event,
      },
      ...{
        requested_start: world.at(15.3),
        requested_end: world.at(22.3),
        start: world.at(15.3),
        bucket: 'clips',
        codec: 'h264',
        width: 320,
        height: 180,
      },
      ...{
        url: expect.stringContaining('/objects/clips/') as string,
        thumbnail_url: expect.stringContaining('.jpg') as string,
      },
    });
    const object = join(world.disk.path, 'objects/clips', message.key);
    expect(await hashFile(object)).toEqual({ sha256: message.sha256, sizeBytes: message.size_bytes });
    expect(await picturesOf(object)).toEqual(world.stream.pictures.slice(153, 223));
    const { stdout } = await runToEnd('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format_tags',
      '-of',
      'json',
      object,
    ]);
    expect(stdout.toString()).toContain('cam_1 person');
    const folder = join(world.disk.path, 'clips', message.key, '..');
    expect((await readdir(folder)).sort()).toEqual(
      ['jpg', 'json', 'mp4'].map((extension) => `${message.clip_id}.${extension}`),
    );
    // The record follows the message, and not the other way round. So a message is sent twice rather than never.
    const record = await until(
      async () => {
        const read = JSON.parse(await readFile(join(folder, `${message.clip_id}.json`), 'utf8')) as ClipRecord;
        return read.state === 'announced' && read;
      },
      { what: 'the record to say announced', deadlineMs: 5000 },
    );
    expect(record.ready).toEqual(message);

    // The event comes once more, after all is done. The clip of a later event then shows that it went through.
    world.send(event);
    world.send({ camera_id: 'cam_1', timestamp: world.at(10), event_id: 'after' });
    await world.clipReady('after');
    await world.counted(2);
    expect(world.ready.filter(({ event_id }) => event_id === 'thrice')).toHaveLength(1);
    expect(await world.metric('clips_generated_total')).toBe(2);
  });

  it('gives two events of one instant a clip each', async () => {
    for (const id of ['twin-a', 'twin-b']) world.send({ camera_id: 'cam_1', timestamp: world.at(12), event_id: id });
    const [a, b] = await Promise.all([world.clipReady('twin-a'), world.clipReady('twin-b')]);
    expect(a.key).not.toBe(b.key);
  });

  it('says that there is no footage, once and without trying again', async () => {
    world.send({ camera_id: 'cam_1', timestamp: world.at(-60), event_id: 'too-early' });
    const message = await until(() => world.failed.find(({ event_id }) => event_id === 'too-early'), {
      what: 'clip.failed',
      deadlineMs: DEADLINE_MS,
    });
    expect(message).toMatchObject({ camera_id: 'cam_1', code: 'no_footage', timestamp: world.at(-60) });
    await until(async () => (await world.metric('clips_failed_total')) === 1, {
      what: 'one failure counted',
      deadlineMs: 5000,
    });
  });

  it('counts, answers and drops broken events, and cuts the next good one', async () => {
    const good = { camera_id: 'cam_1', timestamp: world.at(14) };
    const before = await world.metric('messages_rejected_total');
    const broken: unknown[] = [
      'not JSON',
      { timestamp: world.at(14) },
      { ...good, camera_id: 'cam_9' },
      { ...good, camera_id: '../../etc' },
      { ...good, timestamp: 'yesterday' },
      `{"camera_id": "cam_1", "timestamp": NaN, "pre_seconds": "ten"}`,
      { ...good, timestamp: 12 },
      { ...good, timestamp: 32_503_680_000 },
      { data: good },
    ];
    for (const payload of broken) world.send(payload);
    world.send({ ...good, event_id: 'good', zone: 'gate', picture: 'x'.repeat(900_000) });
    expect(await world.clipReady('good')).toMatchObject({
      source: { ...good, event_id: 'good', zone: 'gate' },
      source_truncated: true,
    });
    await until(async () => (await world.metric('messages_rejected_total')) - before === broken.length, {
      what: 'nine rejections',
      deadlineMs: 5000,
    });
    // Nobody is told of the other four. They name no camera, another machine's camera or a path.
    const told = world.failed
      .filter(({ code }) => code === 'invalid_payload')
      .map(({ camera_id, field }) => [camera_id, field]);
    expect(told).toEqual(
      ['timestamp', 'pre_seconds', 'timestamp', 'timestamp', 'camera_id'].map((field) => ['cam_1', field]),
    );
  });

  it('waits for footage that is being written, also where Redis loses the job and the worker starts anew', async () => {
    const zero = Date.now() - 10_000;
    const writer = await world.stream.record(join(world.disk.path, 'recordings'), 'cam_2', zero, 0, 10, 'open');
    const seconds = (second: number): number => Math.round(zero + second * 1000) / 1000;
    world.send({ camera_id: 'cam_2', timestamp: seconds(9), event_id: 'live', pre_seconds: 5, post_seconds: 7 });
    const record = join(
      world.disk.path,
      'clips/cam_2',
      new Date(zero + 9000).toISOString().slice(0, 10),
      `event_cam_2_${seconds(9).toFixed(3)}.json`,
    );
    await until(async () => (await world.metric('clip_jobs')) > 0 && (await readFile(record)).length > 0, {
      what: 'the job',
      deadlineMs: DEADLINE_MS,
    });
    await world.stopClipper();
    await runToEnd('redis-cli', ['-p', `${world.redis.port}`, 'flushall']);
    await world.startClipper();
    await until(() => Date.now() > zero + 16_500, { what: 'the end of the window', deadlineMs: DEADLINE_MS });
    await world.stream.append(writer, zero, 10, 18);
    const message = await world.clipReady('live');
    expect(message).toMatchObject({ partial: false, start: seconds(4) });
    expect(await picturesOf(join(world.disk.path, 'objects/clips', message.key))).toEqual(
      world.stream.pictures.slice(40, 160),
    );
    await writer.close();
    await world.counted(1);
  }, 60_000);
});
