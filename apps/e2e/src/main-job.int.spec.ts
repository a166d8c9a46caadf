import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipReady, snapshotReady, type ClipReady } from '@vr/contracts';
import { listSegments } from '@vr/footage';
import { frameInLoop, jumpsIn, readPictures, readTruth, runToEnd, until } from '@vr/testing';
import { metric, recorded, startStack, type Stack } from './stack';

const FRAME_MS = 40;

describe('the main job', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({
      apps: ['recorder', 'clipper', 'snapshotter', 'console'],
      environment: { SEGMENT_SECONDS: '10' },
    });
  });
  afterAll(() => stack.stop());

  function publish(subject: string, payload: unknown): void {
    stack.detector.publish(
      subject,
      typeof payload === 'string' || payload instanceof Uint8Array ? payload : JSON.stringify(payload),
    );
  }

  async function clipOf(eventId: string, deadlineMs: number): Promise<ClipReady> {
    const found = await until(
      () => stack.heard('seguranca.record.clip.ready').find((message) => message['event_id'] === eventId),
      { what: `clip.ready of ${eventId}`, deadlineMs },
    );
    return clipReady.parse(found);
  }

  async function download(url: string, name: string): Promise<{ path: string; sha256: string }> {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    const path = join(stack.folder, name);
    await writeFile(path, bytes);
    return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  it('makes of an event, sent three times, one clip with every frame from 10 s before to 30 s after', async () => {
    await recorded(stack, 'cam_1', 12_000);
    const eventMs = Date.now();
    const event = {
      camera_id: 'cam_1',
      timestamp: eventMs / 1000,
      event_id: 'visitor-1',
      event_type: 'person',
      confidence: 0.93,
      box: [1, 2, 3, 4],
    };
    for (let i = 0; i < 3; i++) publish('seguranca.event.person', event);
    const ready = await clipOf('visitor-1', 60_000);

    expect(ready).toMatchObject({
      camera_id: 'cam_1',
      event_type: 'person',
      partial: false,
      gaps: [],
      codec: 'h264',
      width: 640,
      height: 360,
      source: { confidence: 0.93, box: [1, 2, 3, 4] },
    });
    expect(ready.requested_start).toBeCloseTo(eventMs / 1000 - 10, 2);
    expect(ready.requested_end).toBeCloseTo(eventMs / 1000 + 30, 2);

    const { path, sha256 } = await download(ready.url, 'clip.mp4');
    expect(sha256).toBe(ready.sha256);
    const truth = await readTruth(path);
    expect(jumpsIn(truth)).toEqual([]);
    expect(new Set(truth.map(({ camera }) => camera))).toEqual(new Set([1]));

    // Decoding honours the edit list, so it gives what a player shows.
    const shown = (await readPictures(path)).filter(({ ptsSeconds }) => ptsSeconds >= -0.001);
    expect(shown.every(({ ok }) => ok)).toBe(true);
    const first = truth.find(({ wallMs }) => frameInLoop(wallMs) === shown[0]?.frame);
    const last = truth.findLast(({ wallMs }) => frameInLoop(wallMs) === shown.at(-1)?.frame);
    if (!first || !last) throw new Error('what is shown is not what is stored');
    expect(shown).toHaveLength((last.wallMs - first.wallMs) / FRAME_MS + 1);
    expect(shown.slice(1).filter((picture, i) => picture.frame !== ((shown[i]?.frame ?? 0) + 1) % 1500)).toEqual([]);
    expect(Math.abs(ready.start * 1000 - first.wallMs)).toBeLessThan(150);
    expect(Math.abs(ready.end * 1000 - (last.wallMs + FRAME_MS))).toBeLessThan(150);
    expect(Math.abs(first.wallMs - (eventMs - 10_000))).toBeLessThan(150);
    expect(Math.abs(last.wallMs - (eventMs + 30_000))).toBeLessThan(150);
    expect(
      (await listSegments(stack.recordingsDir, 'cam_1', eventMs - 10_000, eventMs + 30_000)).length,
    ).toBeGreaterThanOrEqual(4);

    const thumbnail = await download(ready.thumbnail_url, 'clip.jpg');
    expect(
      (
        await runToEnd('ffprobe', [
          '-v',
          'error',
          '-show_entries',
          'stream=codec_name',
          '-of',
          'csv=p=0',
          thumbnail.path,
        ])
      ).stdout.toString(),
    ).toContain('mjpeg');
    expect(stack.heard('seguranca.record.clip.ready')).toHaveLength(1);
    expect(await metric(stack.workers.get('clipper'), 'clips_generated_total')).toBe(1);
  });

  /** Asks the console for a range as one file. */
  async function rangeOf(start: number, end: number): Promise<{ file: { path: string }; headers: Headers }> {
    const url = `${stack.workers.get('console')?.httpUrl ?? ''}/api/cameras/cam_1/clip.mp4?start=${start}&end=${end}`;
    const { headers } = await fetch(url, { method: 'HEAD' });
    return { file: await download(url, `range-${start}.mp4`), headers };
  }

  async function framesShown({ path }: { path: string }): Promise<number[]> {
    const shown = (await readPictures(path)).filter(({ ptsSeconds }) => ptsSeconds >= -0.001);
    expect(shown.every(({ ok }) => ok)).toBe(true);
    return shown.map(({ frame }) => frame);
  }

  it('gives the same range as one file by HTTP at once, frame by frame', async () => {
    const ready = await clipOf('visitor-1', 60_000);
    const { file, headers } = await rangeOf(ready.requested_start, ready.requested_end);
    expect(headers.get('x-gaps')).toBe('[]');
    expect([headers.get('x-start'), headers.get('x-end')].map(Number)).toEqual([ready.start, ready.end]);
    expect(await framesShown(file)).toEqual(await framesShown(await download(ready.url, 'clip.mp4')));
  });

  it('gives what is being recorded now as one file, over a seam into the open segment', async () => {
    const nowSeconds = Date.now() / 1000;
    const { file, headers } = await rangeOf(nowSeconds - 12, nowSeconds);
    expect([headers.get('x-partial'), headers.get('cache-control')]).toEqual(['false', 'private, no-store']);
    const frames = await framesShown(file);
    expect(frames.slice(1).filter((frame, i) => frame !== ((frames[i] ?? 0) + 1) % 1500)).toEqual([]);
    const truth = await readTruth(file.path);
    const first = truth.find(({ wallMs }) => frameInLoop(wallMs) === frames[0]);
    expect(Math.abs((first?.wallMs ?? 0) - (nowSeconds - 12) * 1000)).toBeLessThan(150);
  });

  it('counts and drops ten kinds of broken events, and the next good one still gives its clip', async () => {
    const nowSeconds = Date.now() / 1000;
    const broken: [string, string][] = [
      ['not JSON', 'invalid_payload'],
      [JSON.stringify({ timestamp: nowSeconds }), 'invalid_payload'],
      [JSON.stringify({ camera_id: 'nobody', timestamp: nowSeconds }), 'unknown_camera'],
      [JSON.stringify({ camera_id: '../../etc', timestamp: nowSeconds }), 'invalid_payload'],
      [JSON.stringify({ camera_id: 'cam_1', timestamp: 'yesterday' }), 'invalid_payload'],
      ['{"camera_id": "cam_1", "timestamp": NaN, "pre_seconds": "ten"}', 'invalid_payload'],
      [JSON.stringify({ camera_id: 'cam_1', timestamp: 12.5 }), 'invalid_payload'],
      [JSON.stringify({ camera_id: 'cam_1', timestamp: 32_503_680_000 }), 'invalid_payload'],
      ['x'.repeat(900_000), 'invalid_payload'],
      [JSON.stringify({ data: { camera_id: 'cam_1', timestamp: nowSeconds } }), 'invalid_payload'],
    ];
    for (const [payload] of broken) publish('seguranca.event.broken', payload);
    publish('seguranca.event.person', {
      camera_id: 'cam_2',
      timestamp: nowSeconds,
      event_id: 'after-the-broken',
      pre_seconds: 2,
      post_seconds: 2,
    });
    const ready = await clipOf('after-the-broken', 30_000);
    expect(ready).toMatchObject({ camera_id: 'cam_2', partial: false });
    const rejected = (code: string): Promise<number> =>
      metric(stack.workers.get('clipper'), `messages_rejected_total{subject="seguranca.event.*",code="${code}"}`);
    expect(await rejected('unknown_camera')).toBe(1);
    expect(await rejected('invalid_payload')).toBe(9);
  });

  it('answers a request with a snapshot of full resolution and tells the world', async () => {
    const reply = await stack.detector.request(
      'seguranca.record.snapshot',
      JSON.stringify({ camera_id: 'cam_1', reason: 'doorbell', request_id: 'r-1' }),
      { timeout: 10_000 },
    );
    const ready = snapshotReady.parse(reply.json());
    expect(ready).toMatchObject({
      camera_id: 'cam_1',
      reason: 'doorbell',
      request_id: 'r-1',
      source_of_image: 'footage',
      width: 640,
      height: 360,
    });
    const { path, sha256 } = await download(ready.url, 'snapshot.jpg');
    expect(sha256).toBe(ready.sha256);
    const [picture] = await readPictures(path);
    expect(picture).toMatchObject({ ok: true, camera: 1 });
    await until(
      () => stack.heard('seguranca.record.snapshot.ready').find((message) => message['request_id'] === 'r-1'),
      { what: 'snapshot.ready', deadlineMs: 5000 },
    );
  });

  it('answers a request for an unknown camera with the error', async () => {
    const reply = await stack.detector.request('seguranca.record.snapshot', JSON.stringify({ camera_id: 'nobody' }), {
      timeout: 10_000,
    });
    expect(reply.json()).toMatchObject({ error: { code: 'unknown_camera' } });
  });

  it('loses at most 1.5 s when the recorder is killed mid-segment, and every file opens', async () => {
    const before = stack.workers.get('recorder');
    await before?.kill();
    const killedMs = Date.now();
    const after = await stack.restart('recorder');
    await recorded(stack, 'cam_1', 2000);
    await after.stop(); // now names stand still
    const segments = (await listSegments(stack.recordingsDir, 'cam_1')).filter(
      ({ endMs }) => (endMs ?? Infinity) > killedMs - 15_000,
    );
    const truth = (await Promise.all(segments.map(({ path }) => readTruth(path)))).flat();
    const lastBefore = truth.findLast(({ wallMs }) => wallMs <= killedMs);
    expect(killedMs - (lastBefore?.wallMs ?? 0)).toBeLessThan(1500);
    for (const camera of ['cam_1', 'cam_2']) {
      for (const { path } of await listSegments(stack.recordingsDir, camera)) {
        expect((await runToEnd('ffprobe', ['-v', 'warning', '-show_entries', 'format=duration', path])).stderr).toBe(
          '',
        );
      }
    }
  });
});
