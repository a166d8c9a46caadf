import type { Clock } from '@vr/base';
import { cameraConfig, SUBJECTS } from '@vr/contracts';
import { SnapshotFolder } from '@vr/library';
import { Refusals } from '@vr/messaging';
import { createRegistry, HealthRegistry, RequestLimits, Shutdown } from '@vr/service';
import { until } from '@vr/testing';
import type { Picture } from '../pictures/picture';
import { SnapshotDelivery } from '../snapshots/snapshot-delivery';
import { SnapshotIntake } from '../snapshots/snapshot-intake';
import { SnapshotMetrics } from '../snapshots/snapshot-metrics';
import { SnapshotOutbox } from '../snapshots/snapshot-outbox';
import { SnapshotRoom } from '../snapshots/snapshot-room';
import { SnapshotTaker } from '../snapshots/snapshot-taker';

export const NOW_MS = Date.UTC(2026, 10, 23, 2, 15, 0, 123);
export const MOMENT = (NOW_MS - 60_000) / 1000;
export const ID = 'cam_1_2026-11-23T02-14-00.123Z';
export const KEY = `cam_1/2026-11-23/${ID}.jpg`;
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock: Clock = { nowMs: () => NOW_MS, monotonicMs: () => 0 };

/** One process's life of the outbox, on a disk that outlives it. */
export class OutboxLife {
  published: { subject: string; payload: Record<string, unknown> }[] = [];
  objects = new Map<string, number>();
  putFile: () => Promise<void> = async () => undefined;
  publish: () => Promise<void> = async () => undefined;
  picture: () => Promise<Picture> = async () => ({
    jpeg: Buffer.from('picture'),
    width: 2,
    height: 1,
    capturedMs: NOW_MS - 60_020,
    source: 'footage',
  });
  readonly metrics = new SnapshotMetrics(createRegistry(), { nowMs: () => NOW_MS });
  readonly health = new HealthRegistry();
  readonly shutdown = new Shutdown(logger);
  readonly outbox: SnapshotOutbox;
  readonly intake: SnapshotIntake;

  constructor(folderPath: string, maxGb = 1) {
    const room = new SnapshotRoom(
      {
        SNAPSHOTS_DIR: folderPath,
        RECORDINGS_DIR: folderPath,
        OBJECTS_DIR: folderPath,
        MINIO_ENDPOINT: 'a.server:9000',
        SNAPSHOTS_BUCKET: 'snapshots',
        SNAPSHOTS_MAX_GB: maxGb,
        DISK_HIGH_PERCENT: 100,
        DISK_MIN_FREE_GB: 0,
      },
      { nowMs: () => NOW_MS, monotonicMs: () => performance.now() },
    );
    const cameras = {
      find: (id: string) => (id === 'cam_1' ? cameraConfig.parse({ id, url: 'rtsp://10.0.0.5/1' }) : undefined),
    };
    const folder = new SnapshotFolder(folderPath, logger);
    const store = {
      putFile: async (bucket: string, key: string) => {
        await this.putFile();
        this.objects.set(`${bucket}/${key}`, (this.objects.get(`${bucket}/${key}`) ?? 0) + 1);
      },
      keyOf: (key: string) => key,
      url: async (bucket: string, key: string) => `http://store/${bucket}/${key}`,
    };
    const publish = async (subject: string, payload: unknown): Promise<void> => {
      await this.publish();
      this.published.push({ subject, payload: payload as Record<string, unknown> });
    };
    const delivery = new SnapshotDelivery(folder, store, { publish });
    const picture = (): Promise<Picture> => this.picture();
    const taker = new SnapshotTaker(clock, cameras, { now: picture, at: picture, ofEvent: picture }, folder, room);
    this.outbox = new SnapshotOutbox(clock, logger, folder, taker, delivery, this.metrics, this.health, this.shutdown);
    this.intake = new SnapshotIntake(
      { SNAPSHOTS_BUCKET: 'snapshots' },
      clock,
      cameras,
      folder,
      this.outbox,
      new Refusals({ publish }, clock, logger),
      logger,
      new RequestLimits({ REQUESTS_PER_MINUTE: 20, REQUESTS_WAITING_MAX: 3 }, clock),
      room,
    );
  }

  told = (subject: string): Record<string, unknown>[] =>
    this.published.filter((message) => message.subject === subject).map(({ payload }) => payload);
  ready = (): Promise<true> =>
    until(() => this.told(SUBJECTS.snapshotReady).length > 0, { what: 'snapshot.ready', deadlineMs: 10_000 }).then(
      () => true,
    );
}
