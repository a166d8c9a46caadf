import { stat, writeFile } from 'node:fs/promises';
import { clipKey, clipJob, type ClipJob, type ClipReady, type ClipRecord } from '@vr/contracts';
import { ClipFolder } from '@vr/library';
import { hashFile, type ObjectStore } from '@vr/objects';
import { createRegistry, type Registry } from '@vr/service';
import { ClipDelivery } from '../clip/clip-delivery';
import { ClipLedger } from '../clip/clip-ledger';
import { ClipMetrics } from '../clip/clip-metrics';
import { ClipService, type ClipRun } from '../clip/clip-service';

const timestampMs = Date.UTC(2026, 10, 23, 12, 0, 0);
export const job: ClipJob = clipJob.parse({
  clipId: 'event_cam_1_1795435200.000',
  identity: 'id:cam_1:e-1',
  eventId: 'e-1',
  eventType: 'person',
  cameraId: 'cam_1',
  timestampMs,
  startMs: timestampMs - 10_000,
  endMs: timestampMs + 30_000,
  source: { camera_id: 'cam_1' },
});

/** A clipper on a real disk. Its cutter, store and NATS do as the test says. Each life is a process of its own. */
export class World {
  readonly did: string[] = [];
  readonly messages: { subject: string; payload: unknown }[] = [];
  readonly objects = new Map<string, { sha256: string; sizeBytes: number }>();
  readonly registry: Registry = createRegistry();
  folder!: ClipFolder;
  ledger!: ClipLedger;
  clips!: ClipService;
  nowMs = job.endMs + 700;
  cutting: () => Promise<void> = () => Promise.resolve();
  storing: (key?: string) => Promise<void> = () => Promise.resolve();
  sending: () => Promise<void> = () => Promise.resolve();
  stopping: () => unknown = () => undefined;
  awaiting: (signal: AbortSignal) => Promise<'covered' | 'no_more'> = () => Promise.resolve('covered');
  readonly run: ClipRun = { signal: new AbortController().signal, log: () => undefined, progress: () => undefined };

  constructor(
    readonly clipsDir: string,
    readonly merge: 'off' | 'overlapping' = 'off',
  ) {
    this.beginLife();
  }

  restart(): void {
    this.registry.clear();
    this.beginLife();
  }

  async made(key: 'clips_generated_total' | 'clips_failed_total'): Promise<number> {
    const metric = await this.registry.getSingleMetric(key)?.get();
    return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
  }

  record(): Promise<ClipRecord> {
    return this.ledger.claim(job);
  }

  private beginLife(): void {
    const folder = new ClipFolder(this.clipsDir, { warn: () => undefined });
    const ledger = new ClipLedger({ CLIP_MERGE: this.merge, CLIP_MAX_SECONDS: 300 }, folder);
    const clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };
    const store: Pick<ObjectStore, 'putFile' | 'stat' | 'url' | 'keyOf'> = {
      keyOf: (key) => key,
      stat: (bucket, key) => {
        const object = this.objects.get(`${bucket}/${key}`);
        return Promise.resolve(object && { ...object, lastModifiedMs: 0, metadata: {} });
      },
      putFile: async (bucket, key, path, { sha256 }) => {
        this.did.push(`put ${key.slice(-3)}`);
        await this.storing(key);
        this.objects.set(`${bucket}/${key}`, { sha256, sizeBytes: (await stat(path)).size });
      },
      url: (bucket, key) => Promise.resolve(`http://store/${bucket}/${key}`),
    };
    const publisher = {
      publish: async (subject: string, payload: unknown) => {
        await this.sending();
        this.messages.push({ subject, payload });
      },
    };
    const cutter = {
      cutThumbnailEarly: () => {
        this.did.push('thumbnail');
        return Promise.resolve();
      },
      awaitFootage: (_: string, __: number, signal: AbortSignal) => this.awaiting(signal),
      cut: async (record: ClipRecord) => {
        this.did.push('cut');
        await this.cutting();
        for (const kind of ['mp4', 'jpg'] as const) {
          const path = await folder.temporaryPath(record.job, kind);
          await writeFile(path, `${kind} of ${record.job.clipId}`);
          await folder.keep(path, record.job, kind);
        }
        return readyOf(record.job, await hashFile(await folder.path(record.job, 'mp4')));
      },
    };
    this.folder = folder;
    this.ledger = ledger;
    this.clips = new ClipService(
      { CLIP_MAX_SECONDS: 300 },
      folder,
      ledger,
      cutter,
      new ClipDelivery(folder, ledger, store, publisher, clock),
      { uploaded: () => undefined },
      new ClipMetrics(this.registry, { counts: () => Promise.resolve({}) }, ledger, clock, {
        register: () => undefined,
      }),
      clock,
      { error: () => undefined },
      { register: (_, __, end) => void (this.stopping = end) },
    );
  }
}

function readyOf(wanted: ClipJob, { sha256, sizeBytes }: { sha256: string; sizeBytes: number }): ClipReady {
  return {
    ...{
      clip_id: wanted.clipId,
      event_id: wanted.eventId,
      camera_id: wanted.cameraId,
      event_type: wanted.eventType,
      url: '',
      thumbnail_url: '',
    },
    ...{
      timestamp: 0,
      start: 0,
      end: 40,
      duration: 40,
      requested_start: 0,
      requested_end: 40,
      partial: false,
      gaps: [],
      bucket: 'clips',
    },
    ...{
      key: clipKey(wanted, 'mp4'),
      size_bytes: sizeBytes,
      sha256,
      codec: 'h264',
      width: 640,
      height: 360,
      source: wanted.source,
    },
  };
}
