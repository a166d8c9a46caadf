import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Clock } from '@vr/base';
import { clipRecord, type ClipRecord } from '@vr/contracts';
import { OBJECT_STORE, ObjectsModule, hashFile, type ObjectStore } from '@vr/objects';
import { createLogger, readEnvironment, ServiceModule, Shutdown } from '@vr/service';
import { temporaryFolder, until } from '@vr/testing';
import { AuditModule } from './audit/audit.module';
import { CamerasModule } from './cameras/cameras.module';
import { consoleSettings } from './config';
import { FootageModule } from './footage/footage.module';
import { HttpModule } from './http/http.module';
import { LibraryModule } from './library/library.module';
import { StorageModule } from './storage/storage.module';

const TOKEN = 'open-sesame-1';
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const clock: Clock = { nowMs: () => NOW_MS, monotonicMs: () => performance.now() };

describe('the console over HTTP', () => {
  let folder: { path: string; remove(): Promise<void> };
  let app: INestApplication;
  let address: string;
  const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) =>
    fetch(`${address}${path}`, { headers, redirect: 'manual' });

  beforeAll(async () => {
    folder = await temporaryFolder();
    const below = (name: string) => join(folder.path, name);
    await writeFile(
      below('cameras.yml'),
      'cameras: [{id: cam_1, name: Entrada, url: "rtsp://admin:very-secret@127.0.0.1:1/s"}]',
    );
    const config = readEnvironment(consoleSettings, {
      CAMERAS_FILE: below('cameras.yml'),
      RECORDINGS_DIR: below('recordings'),
      CLIPS_DIR: below('clips'),
      SNAPSHOTS_DIR: below('snapshots'),
      OBJECTS_DIR: below('objects'),
      CONSOLE_API_TOKEN: TOKEN,
    });
    const logger = createLogger('console', 'error');
    @Module({
      imports: [
        ServiceModule.forRoot({ config, logger, shutdown: new Shutdown(logger), clock }),
        ...[
          ObjectsModule.forRoot(),
          HttpModule,
          AuditModule,
          CamerasModule,
          FootageModule,
          LibraryModule,
          StorageModule,
        ],
      ],
    })
    class TestModule {}
    app = await NestFactory.create(TestModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    address = await app.getUrl();
  });
  afterAll(async () => {
    await app.close();
    await folder.remove();
  });

  it('asks for the token everywhere but at probes; takes it as a header or, once logged in, as a cookie', async () => {
    for (const path of ['/api/cameras', '/app.js', '/queues/'])
      expect((await get(path, { accept: 'application/json' })).status).toBe(401);
    expect((await get('/', { accept: 'text/html' })).headers.get('location')).toBe('/login.html');
    expect((await get('/api/cameras', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get('/health/live', {})).status).toBe(200);

    const login = (token: string) =>
      fetch(`${address}/login`, { method: 'POST', body: new URLSearchParams({ token }), redirect: 'manual' });
    expect((await login('wrong')).headers.get('set-cookie')).toBeNull();
    const cookie = (await login(TOKEN)).headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).not.toContain(TOKEN);
    expect((await get('/api/cameras', { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200);
  });

  it('serves the page with a policy that lets nothing foreign in', async () => {
    const response = await get('/');
    expect(await response.text()).toContain('<title>Video Recorder</title>');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const hls = await get('/vendor/hls.min.js');
    expect([hls.status, hls.headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')]);
    await hls.body?.cancel();
  });

  it('tells of cameras, and never how to reach them', async () => {
    const text = await (await get('/api/cameras')).text();
    expect(JSON.parse(text)).toEqual({
      cameras: [{ id: 'cam_1', name: 'Entrada', enabled: true, state: 'connecting' }],
    });
    expect(text).not.toMatch(/secret|rtsp/);
  });

  it('follows CAMERAS_FILE without a restart; a wrong edit changes nothing and is said in readiness', async () => {
    const path = join(folder.path, 'cameras.yml');
    const before = await readFile(path, 'utf8');
    const ids = async (): Promise<string[]> =>
      ((await (await get('/api/cameras')).json()) as { cameras: { id: string }[] }).cameras.map(({ id }) => id);
    const state = async (): Promise<string | undefined> => {
      const { dependencies } = (await (await get('/health/ready')).json()) as {
        dependencies: Record<string, { state: string }>;
      };
      return dependencies['cameras file']?.state;
    };
    await writeFile(path, before.replace(/]$/, ', {id: cam_2, url: "rtsp://127.0.0.1:1/s"}]'));
    await until(async () => (await ids()).join() === 'cam_1,cam_2', { what: 'the second camera', deadlineMs: 10_000 });
    await writeFile(path, 'cameras: [');
    await until(async () => (await state()) === 'degraded', { what: 'the fault in readiness', deadlineMs: 10_000 });
    expect(await ids()).toEqual(['cam_1', 'cam_2']);
    await writeFile(path, before);
    await until(async () => (await ids()).join() === 'cam_1', { what: 'the cameras as before', deadlineMs: 10_000 });
    expect(await state()).toBe('up');
  }, 30_000);

  it.each([
    ['/api/clips?limit=x', 400, 'invalid_payload', 'limit: wanted a number'],
    ['/api/clips?camera=../../etc', 400, 'invalid_payload', 'camera: wanted a camera id'],
    ['/api/cameras/cam_9/timeline?start=1790000000&end=1790000010', 404, 'unknown_camera', 'no camera "cam_9"'],
    ['/api/cameras/cam_1/timeline?start=yesterday&end=1790000010', 400, 'invalid_payload', 'start: wanted an instant'],
    [
      '/api/cameras/cam_1/timeline?start=1790000010&end=1790000000',
      400,
      'invalid_payload',
      'end: wanted an end after the start',
    ],
    [
      '/api/cameras/cam_1/footage.m3u8?start=1790000000&end=1790900000',
      400,
      'too_long',
      'wanted a range of at most 24 hours',
    ],
    [
      '/api/cameras/cam_1/footage.m3u8?start=1790000000&end=1790000010',
      404,
      'no_footage',
      'no footage of the wanted time',
    ],
    ['/api/footage/..%2f..%2fetc%2fpasswd', 404, 'not_found', 'no such footage file'],
    ['/api/media/clips/..%2f..%2fcameras.yml', 400, 'invalid_payload', 'wanted a key of plain names'],
    ['/objects/clips/cam_1/x.mp4?expires=1&signature=x', 403, 'forbidden', 'not valid'],
    ['/api/nothing', 404, 'not_found', 'Cannot GET'],
  ])('answers %s with %i %s', async (path, status, code, message) => {
    const response = await get(path);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([status, code]);
    expect(error.message).toContain(message);
  });

  it('lists the clips that are in the store, newest first, and plays them by name and by signed link', async () => {
    const store: ObjectStore = app.get(OBJECT_STORE);
    const file = join(folder.path, 'clip.mp4');
    await writeFile(file, '0123456789');
    const { sha256, sizeBytes } = await hashFile(file);
    const ages = [60, 10, 30];
    for (const [index, secondsAgo] of ages.entries())
      await writeClip(secondsAgo, index === 2 ? 'claimed' : 'announced');
    const key = `cam_1/2026-11-23/event_cam_1_${(NOW_MS / 1000 - 10).toFixed(3)}.mp4`;
    await store.ensureBucket('clips', 90);
    await store.putFile('clips', key, file, { contentType: 'video/mp4', sha256, sizeBytes, metadata: {} });

    const { clips } = (await (await get('/api/clips')).json()) as {
      clips: { timestamp: number; url: string; media_path: string }[];
    };
    expect(clips.map(({ timestamp }) => NOW_MS / 1000 - timestamp)).toEqual([10, 60]);
    const older = (await (await get(`/api/clips?before=${NOW_MS / 1000 - 10}`)).json()) as { clips: unknown[] };
    expect(older.clips).toHaveLength(1);

    const seek = await get(clips[0]?.media_path ?? '', { authorization: `Bearer ${TOKEN}`, range: 'bytes=2-4' });
    expect([seek.status, seek.headers.get('content-range'), await seek.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    const modified = seek.headers.get('last-modified') ?? '';
    for (const [ifRange, status] of [
      [modified, 206],
      ['Mon, 23 Nov 2020 12:00:00 GMT', 200],
      ['"x"', 200],
    ] as const) {
      const headers = { authorization: `Bearer ${TOKEN}`, range: 'bytes=2-4', 'if-range': ifRange };
      expect([ifRange, (await get(clips[0]?.media_path ?? '', headers)).status]).toEqual([ifRange, status]);
    }
    const link = new URL(clips[0]?.url ?? '');
    const whole = await get(link.pathname + link.search, {});
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
    expect((await get(link.pathname.replace('event', 'other') + link.search, {})).status).toBe(403);
  });

  it('refuses a form that another site sends through the browser of a person who is logged in', async () => {
    const response = await fetch(`${address}/api/cameras/cam_1/snapshot`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'sec-fetch-site': 'cross-site' },
    });
    expect(response.status).toBe(403);
  });

  async function writeClip(secondsAgo: number, state: ClipRecord['state']): Promise<void> {
    const timestampMs = NOW_MS - secondsAgo * 1000;
    const timestamp = timestampMs / 1000;
    const clipId = `event_cam_1_${timestamp.toFixed(3)}`;
    const day = join(folder.path, 'clips/cam_1/2026-11-23');
    const common = {
      cameraId: 'cam_1',
      eventId: clipId,
      eventType: 'motion',
      timestampMs,
      startMs: timestampMs,
      endMs: timestampMs + 1000,
      source: {},
    };
    const record = clipRecord.parse({
      state,
      job: { ...common, clipId, identity: clipId },
      ready: {
        ...{
          clip_id: clipId,
          event_id: clipId,
          camera_id: 'cam_1',
          event_type: 'motion',
          url: '',
          thumbnail_url: '',
          timestamp,
          start: timestamp,
        },
        ...{
          end: timestamp + 1,
          duration: 1,
          requested_start: timestamp,
          requested_end: timestamp + 1,
          partial: false,
          gaps: [],
          bucket: 'clips',
        },
        ...{
          key: `cam_1/2026-11-23/${clipId}.mp4`,
          size_bytes: 10,
          sha256: '0'.repeat(64),
          codec: 'h264',
          width: 640,
          height: 360,
          source: {},
        },
      },
    });
    await mkdir(day, { recursive: true });
    await writeFile(join(day, `${clipId}.json`), JSON.stringify(record));
  }
});
