import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Clock } from '@vr/base';
import { cameraId, SUBJECTS, type AuditEntry, type Protection } from '@vr/contracts';
import { segmentPath } from '@vr/footage';
import { protectionOf, writeProtection } from '@vr/protections';
import { writeBudgets } from '@vr/retention';
import { createClient, MessagingModule } from '@vr/messaging';
import { hashFile, OBJECT_STORE, ObjectsModule, type ObjectStore } from '@vr/objects';
import { createLogger, HealthRegistry, readEnvironment, ServiceModule, Shutdown } from '@vr/service';
import { startNats, temporaryFolder, until, type Server } from '@vr/testing';
import { AuditModule } from './audit/audit.module';
import { consoleSettings } from './config';
import { FootageModule } from './footage/footage.module';
import { HttpModule } from './http/http.module';
import { ProtectionsModule } from './protections/protections.module';
import { StorageModule } from './storage/storage.module';
import type { StorageAnswer } from '@vr/contracts';

const TOKEN = 'open-sesame-1';
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const HOUR_MS = 3_600_000;
let monotonicMs = 0;
const clock: Clock = { nowMs: () => NOW_MS, monotonicMs: () => monotonicMs };

describe('retention as the console shows it', () => {
  let folder: { path: string; remove(): Promise<void> };
  let nats: Server;
  let app: INestApplication;
  let address: string;
  const below = (name: string): string => join(folder.path, name);
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${address}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    });
  const post = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) });
  const audit = async (): Promise<AuditEntry[]> => {
    const names = await readdir(below('audit')).catch(() => []);
    const texts = await Promise.all(names.map((name) => readFile(join(below('audit'), name), 'utf8')));
    return texts.flatMap((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as AuditEntry),
    );
  };

  beforeAll(async () => {
    [folder, nats] = await Promise.all([temporaryFolder('console-retention'), startNats()]);
    await writeFile(
      below('cameras.yml'),
      'cameras: [{id: cam_1, url: "rtsp://127.0.0.1:1/s"}, ' +
        '{id: cam_2, url: "rtsp://127.0.0.1:1/s", retention_days: 100000000}]',
    );
    const config = readEnvironment(consoleSettings, {
      ...{
        CAMERAS_FILE: below('cameras.yml'),
        RECORDINGS_DIR: below('recordings'),
        CLIPS_DIR: below('clips'),
        SNAPSHOTS_DIR: below('snapshots'),
      },
      ...{ OBJECTS_DIR: below('objects'), AUDIT_DIR: below('audit'), CONSOLE_API_TOKEN: TOKEN, NATS_URL: nats.url },
    });
    const logger = createLogger('console', 'silent');
    @Module({
      imports: [
        ServiceModule.forRoot({ config, logger, shutdown: new Shutdown(logger), clock }),
        ...[
          MessagingModule.forRoot(),
          ObjectsModule.forRoot(),
          HttpModule,
          AuditModule,
          FootageModule,
          ProtectionsModule,
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
    await app.get(Shutdown).run();
    await app.close();
    await nats.stop();
    await folder.remove();
  });

  it('tells how much a day takes, how much the retention needs, and warns where that does not fit', async () => {
    for (const cameraId of ['cam_1', 'cam_2']) {
      const path = segmentPath(below('recordings'), cameraId, NOW_MS - 2 * HOUR_MS, HOUR_MS);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, '');
      await truncate(path, 900_000_000); // sparse: an hour at 2 Mbit/s
    }
    const view = {
      budget_bytes: 1000,
      used_bytes: 900,
      spare_bytes: 0,
      unmet_bytes: 0,
      protected_bytes: 0,
      not_uploaded_bytes: 900,
    };
    await writeBudgets(below('recordings'), { at: NOW_MS / 1000, clips: view });
    const { recordings, forecast, retention, budgets } = (await (await ask('/api/storage')).json()) as StorageAnswer;
    expect(budgets).toEqual({ at: NOW_MS / 1000, clips: view });
    expect(recordings[0]).toEqual({
      camera_id: 'cam_1',
      stream: 'main',
      bytes: 900_000_000,
      files: 1,
      oldest: NOW_MS / 1000 - 7200,
      bytes_per_day: 21_600_000_000,
      retention_days: 7,
      needed_bytes: 151_200_000_000,
    });
    expect(retention).toMatchObject({ footage_days: 7, clip_days: 90, snapshot_days: 30 });
    expect(forecast).toMatchObject({
      fits: false,
      bytes_per_day: 43_200_000_000,
      warning: expect.stringContaining('2 cameras with 4.0 Mbit/s together need') as string,
    });
  });

  it('shows holds, in a list and in the timeline', async () => {
    const held = protectionOf(
      {
        cameraId: cameraId.parse('cam_1'),
        startMs: NOW_MS - 2 * HOUR_MS,
        endMs: NOW_MS - HOUR_MS,
        reason: 'trial 7/26',
      },
      NOW_MS,
    );
    await writeProtection(below('recordings'), held);
    expect(await (await ask('/api/protections?camera=cam_1')).json()).toEqual({ protections: [held] });
    const share = { protected_bytes: 900_000_000, most_bytes: 5e11 };
    await writeBudgets(below('recordings'), { at: NOW_MS / 1000, protections: share });
    expect(await (await ask('/api/protections?camera=cam_2')).json()).toEqual({ protections: [], share });
    const at = (hoursAgo: number): number => NOW_MS / 1000 - hoursAgo * 3600;
    const timeline = async (from: number, to: number) =>
      (
        (await (await ask(`/api/cameras/cam_1/timeline?start=${at(from)}&end=${at(to)}`)).json()) as {
          protections: Protection[];
        }
      ).protections;
    expect([await timeline(3, 1.5), await timeline(1, 0.5)]).toEqual([[held], []]);
  });

  it('passes holds and their end to the janitor, and its errors back', async () => {
    const janitor = await createClient({ NATS_URL: nats.url });
    const heard: unknown[] = [];
    for (const subject of [SUBJECTS.recordProtect, SUBJECTS.recordUnprotect]) {
      janitor.subscribe(subject, {
        callback: (_, message) => {
          heard.push(message.json());
          const errors = [
            undefined,
            undefined,
            { code: 'not_found', message: 'there is no protection x' },
            { code: 'too_many_requests', message: 'ask again in 7 s', retry_after_seconds: 7 },
          ];
          const error = errors[heard.length - 1];
          message.respond(JSON.stringify(error ? { error } : { protection_id: 'x' }));
        },
      });
    }
    await janitor.flush();
    await until(async () => (await app.get(HealthRegistry).readiness()).dependencies['nats']?.state === 'up', {
      what: 'the console’s connection to NATS',
      deadlineMs: 10_000,
    });
    expect(
      await (
        await post('/api/cameras/cam_1/protect', {
          start: NOW_MS / 1000 - 60,
          end: NOW_MS / 1000,
          reason: 'burglary',
          by: 'ana',
        })
      ).json(),
    ).toEqual({ protection_id: 'x' });
    expect((await post('/api/protections/cam_1-1-0123456789ab/unprotect', { reason: 'case closed' })).status).toBe(200);
    const refused = await post('/api/protections/cam_1-1-0123456789ab/unprotect', {});
    expect([refused.status, await refused.json()]).toEqual([
      404,
      { error: { code: 'not_found', message: 'there is no protection x' } },
    ]);
    const limited = await post('/api/protections/cam_1-1-0123456789ab/unprotect', {});
    expect([limited.status, limited.headers.get('retry-after'), await limited.json()]).toEqual([
      429,
      '7',
      { error: { code: 'too_many_requests', message: 'ask again in 7 s', retry_after_seconds: 7 } },
    ]);
    expect((await post('/api/cameras/cam_1/protect', { start: 5, end: 1 })).status).toBe(400);
    expect(heard).toEqual([
      { camera_id: 'cam_1', start: NOW_MS / 1000 - 60, end: NOW_MS / 1000, reason: 'burglary', by: 'ana' },
      { protection_id: 'cam_1-1-0123456789ab', by: 'console', reason: 'case closed' },
      { protection_id: 'cam_1-1-0123456789ab', by: 'console' },
      { protection_id: 'cam_1-1-0123456789ab', by: 'console' },
    ]);
    await janitor.close();
  });

  it('writes down who saw or took what: requests of one view once, another viewer or later view anew', async () => {
    const store: ObjectStore = app.get(OBJECT_STORE);
    const key = 'cam_1/2026-11-23/event_cam_1_1795430000.000.mp4';
    const file = join(folder.path, 'clip.mp4');
    await writeFile(file, '0123456789');
    await store.ensureBucket('clips', 90);
    await store.putFile('clips', key, file, { contentType: 'video/mp4', metadata: {}, ...(await hashFile(file)) });
    const fetched = async (path: string, init: RequestInit = {}) => (await ask(path, init)).arrayBuffer();

    await fetched(`/api/media/clips/${key}?reason=case%207`);
    await fetched(`/api/media/clips/${key}`, { headers: { range: 'bytes=2-4' } });
    await ask(`/api/media/clips/${key}`, { method: 'HEAD' });
    const taken = await ask(`/api/media/clips/${key}?download`);
    expect(taken.headers.get('content-disposition')).toBe('attachment; filename=event_cam_1_1795430000.000.mp4');
    await taken.arrayBuffer();
    const link = new URL(await store.url('clips', key));
    await (await fetch(`${address}${link.pathname}${link.search}`)).arrayBuffer();
    monotonicMs += 600_001;
    await fetched(`/api/media/clips/${key}`);
    expect((await fetch(`${address}/api/media/clips/${key}`)).status).toBe(401);

    const lines = await audit();
    expect(lines.map(({ who, action, what, why }) => [who.split(' ')[0], action, what, why])).toEqual([
      ['token', 'view', `clips/${key}`, 'case 7'],
      ['token', 'download', `clips/${key}`, 'not said'],
      ['link', 'view', `clips/${key}`, 'not said'],
      ['token', 'view', `clips/${key}`, 'not said'],
    ]);
    expect(lines[0]).toMatchObject({
      at: '2026-11-23T12:00:00.000Z',
      who: expect.stringMatching(/127\.0\.0\.1$/) as string,
      kind: 'clip',
      camera_id: 'cam_1',
      size_bytes: 10,
    });
  });
});
