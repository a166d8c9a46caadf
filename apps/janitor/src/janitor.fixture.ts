import { access, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditEntry, ClipRecord } from '@vr/contracts';
import { auditFolder, AuditLog } from '@vr/audit';
import { segmentPath } from '@vr/footage';
import { FootageCatalogue, type Tree, type Volume } from '@vr/retention';
import type { ObjectStore } from '@vr/objects';
import { CameraRoster, createLogger, HealthRegistry, Registry, RequestLimits, Shutdown } from '@vr/service';
import { BudgetReport } from './budgets/budget-report';
import { Budgets } from './budgets/budgets';
import { Volumes } from './catalogue/volumes';
import type { JanitorConfig } from './config';
import { OldExports } from './exports/old-exports';
import { ExpiredObjects } from './objects/expired-objects';
import { ProtectionLimits } from './protection/protection-limits';
import { Protections } from './protection/protections';
import { Executor } from './retention/executor';
import { JanitorMetrics } from './retention/janitor-metrics';
import { Janitor } from './retention/janitor';
import { MemoryFile } from './retention/memory-file';
import { PassReport } from './retention/pass-report';
import { Surveyor } from './retention/surveyor';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const START_MS = Date.UTC(2026, 10, 23, 12);

/** A disk of 1000 bytes, as full as the test says. */
class FakeVolumes extends Volumes {
  usedBytes = 0;
  sizeBytes = 1000;
  override all(): Promise<Volume[]> {
    const trees: Tree[] = ['recordings', 'clips', 'snapshots', ...(this.hasObjects ? ['objects' as const] : [])];
    return Promise.resolve([{ trees, usedBytes: this.usedBytes, freeBytes: this.sizeBytes - this.usedBytes }]);
  }
}
interface FakeObject {
  key: string;
  sizeBytes: number;
  lastModifiedMs: number;
}

/** A janitor with real folders, a clock that the test moves, and a store that is a list. */
export async function startJanitor(
  root: string,
  more: Partial<JanitorConfig> = {},
  realStore?: ObjectStore,
  o: { keepCameras?: boolean } = {},
) {
  const config = {
    RECORDINGS_DIR: join(root, 'recordings'),
    CLIPS_DIR: join(root, 'clips'),
    SNAPSHOTS_DIR: join(root, 'snapshots'),
    OBJECTS_DIR: join(root, 'objects'),
    MINIO_ENDPOINT: 'a.server:9000',
    CAMERAS_FILE: join(root, 'cameras.yml'),
    CLIPS_BUCKET: 'clips',
    SNAPSHOTS_BUCKET: 'snapshots',
    RETENTION_DAYS: 7,
    CLIP_RETENTION_DAYS: 90,
    SNAPSHOT_RETENTION_DAYS: 30,
    DISK_HIGH_PERCENT: 90,
    DISK_LOW_PERCENT: 85,
    DISK_MIN_FREE_GB: 0,
    AUDIT_DAYS: 365,
    AUDIT_MAX_GB: 1,
    CLIPS_MAX_GB: 1,
    SNAPSHOTS_MAX_GB: 1,
    REQUESTS_PER_MINUTE: 60,
    REQUESTS_WAITING_MAX: 50,
    PROTECT_MAX_DAYS: 30,
    PROTECT_MAX_PERCENT: 50,
    EXPORT_DAYS: 7,
    ...more,
  } as JanitorConfig;
  await mkdir(config.RECORDINGS_DIR, { recursive: true });
  if (!o.keepCameras)
    await writeFile(
      config.CAMERAS_FILE ?? '',
      'cameras:\n  - {id: cam_1, url: "rtsp://10.0.0.1/1"}\n' +
        '  - {id: cam_long, url: "rtsp://10.0.0.2/1", retention_days: 30}\n',
    );
  const now = { ms: START_MS };
  // Every look at the monotonic clock is a minute later than the last, so nothing that was read counts as fresh.
  const clock = { nowMs: () => now.ms, monotonicMs: () => (monotonicMs += 60_000) };
  let monotonicMs = 0;
  const objects = { clips: [] as FakeObject[], snapshots: [] as FakeObject[], lifecycle: false, away: false };
  const bucketOf = (bucket: string): 'clips' | 'snapshots' => (bucket === 'clips' ? 'clips' : 'snapshots');
  const served = (): Promise<void> =>
    objects.away ? Promise.reject(new Error('the store is away')) : Promise.resolve();
  const store = {
    ensureBucket: served,
    keyOf: (key: string) => key,
    expiredSooner: () => served().then(() => undefined),
    supportsLifecycle: () => served().then(() => objects.lifecycle),
    list: async function* (bucket: string) {
      await served();
      yield* [...objects[bucketOf(bucket)]];
    },
    remove: async (bucket: string, key: string) => {
      await served();
      objects[bucketOf(bucket)] = objects[bucketOf(bucket)].filter((object) => object.key !== key);
    },
  };
  const logger = createLogger('janitor', 'silent');
  const registry = new Registry();
  const health = new HealthRegistry();
  const volumes = new FakeVolumes(config);
  const audit = AuditLog.of(config, clock);
  const catalogue = new FootageCatalogue(config.RECORDINGS_DIR, clock);
  const metrics = new JanitorMetrics(registry, clock, catalogue, volumes, logger);
  const cameras = new CameraRoster(config, logger, health, new Shutdown(logger));
  const protections = new Protections(
    config,
    clock,
    audit,
    cameras,
    logger,
    new RequestLimits(config, clock),
    new ProtectionLimits(config, clock),
  );
  const surveyor = new Surveyor(config, clock, catalogue, volumes, protections, cameras, new Budgets(config, clock));
  const executor = new Executor(volumes, audit, clock, metrics, logger);
  const expired = new ExpiredObjects(config, realStore ?? store, audit, clock, metrics, logger);
  const report = new PassReport(logger);
  const memory = new MemoryFile(config, logger);
  const janitor = new Janitor(
    config,
    clock,
    logger,
    surveyor,
    executor,
    expired,
    new OldExports(config, clock, executor),
    protections,
    memory,
    audit,
    report,
    metrics,
    new BudgetReport(config, clock, logger, registry, health),
    health,
  );
  return {
    janitor,
    config,
    now,
    objects,
    registry,
    volumes,
    health,
    protections,
    executor,
    surveyor,
    memory,
    ...disk(config, now),
  };
}
export type StartedJanitor = Awaited<ReturnType<typeof startJanitor>>;

/** Puts files on disk for a test, and looks for them there. A file has ten bytes unless its content is given. */
function disk(config: JanitorConfig, now: { ms: number }) {
  const put = async (path: string, o: { content?: string; madeMs?: number } = {}): Promise<string> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, o.content ?? '0123456789');
    const made = new Date(o.madeMs ?? now.ms);
    await utimes(path, made, made);
    return path;
  };
  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  return {
    put,
    isThere,
    areThere: (paths: string[]): Promise<boolean[]> => Promise.all(paths.map(isThere)),
    segment: (hoursAgo: number, o: { camera?: string; open?: boolean } = {}): Promise<string> =>
      put(
        segmentPath(
          config.RECORDINGS_DIR,
          o.camera ?? 'cam_1',
          START_MS - hoursAgo * HOUR_MS,
          o.open ? undefined : HOUR_MS,
        ),
      ),
    /** Returns its path without the extension. `of` is the footage that it shows, else its own instant. */
    clip: async (
      daysAgo: number,
      state: ClipRecord['state'],
      o: {
        of?: { startMs: number; endMs: number };
        video?: boolean;
        camera?: string;
        bytes?: number;
        byHand?: boolean;
        mergedInto?: string;
      } = {},
    ): Promise<string> => {
      const timestampMs = START_MS - daysAgo * DAY_MS;
      const cameraId = o.camera ?? 'cam_1';
      const [seconds, end] = [timestampMs, timestampMs + 1].map((ms) => (ms / 1000).toFixed(3));
      const name = o.byHand ? `clip_${cameraId}_${seconds}_${end}` : `event_${cameraId}_${seconds}`;
      const base = join(config.CLIPS_DIR, cameraId, new Date(timestampMs).toISOString().slice(0, 10), name);
      const { startMs, endMs } = o.of ?? { startMs: timestampMs, endMs: timestampMs + 1 };
      const job = {
        clipId: name,
        identity: name,
        eventId: 'e',
        eventType: 't',
        cameraId,
        timestampMs,
        startMs,
        endMs,
        source: {},
      };
      if (o.video !== false)
        for (const extension of ['mp4', 'jpg'])
          await put(`${base}.${extension}`, {
            madeMs: timestampMs,
            content: extension === 'mp4' && o.bytes !== undefined ? 'x'.repeat(o.bytes) : undefined,
          });
      await put(`${base}.json`, {
        madeMs: timestampMs,
        content: JSON.stringify({ state, job, mergedInto: o.mergedInto }),
      });
      return base;
    },
    /**
     * Returns its path without the extension. `moment` is who wanted it, as its record says. Without it there is no
     * record yet.
     */
    snapshot: async (daysAgo: number, o: { bytes: number; moment?: 'event' | 'past' | 'now' }): Promise<string> => {
      const [cameraId, timestampMs] = ['cam_1', START_MS - daysAgo * DAY_MS];
      const at = new Date(timestampMs).toISOString();
      const [day, name, seconds] = [at.slice(0, 10), `${cameraId}_${at.replaceAll(':', '-')}`, timestampMs / 1000];
      const base = join(config.SNAPSHOTS_DIR, cameraId, day, name);
      const about = {
        camera_id: cameraId,
        timestamp: seconds,
        reason: 'r',
        snapshot_id: name,
        bucket: 'snapshots',
        key: `${cameraId}/${day}/${name}.jpg`,
        identity: name,
        claimed_at: seconds,
      };
      const taken = {
        source_of_image: 'footage',
        captured_at: seconds,
        width: 2,
        height: 1,
        size_bytes: o.bytes,
        sha256: 'a'.repeat(64),
      };
      await put(`${base}.jpg`, { madeMs: timestampMs, content: 'x'.repeat(o.bytes) });
      if (o.moment)
        await put(`${base}.json`, {
          madeMs: timestampMs,
          content: JSON.stringify({ state: 'announced', moment: o.moment, ...about, ...taken }),
        });
      return base;
    },
    /** The lines of the audit, of all days. */
    audit: async (): Promise<AuditEntry[]> => {
      const folder = auditFolder(config);
      const names = await readdir(folder).catch(() => []);
      const texts = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')));
      return texts.flatMap((text) =>
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as AuditEntry),
      );
    },
  };
}
