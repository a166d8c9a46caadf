import { stat, writeFile } from 'node:fs/promises';
import { ContractError, SUBJECTS, type ClipJob, type ClipReady, type ClipRecord } from '@vr/contracts';
import { createRegistry, type Registry } from '@vr/service';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { ClipFolder } from './clip-folder.adapter';
import { ClipMetrics } from './clip-metrics';
import { clipKey } from './clip-name';
import { ClipService, type ClipRun } from './clip.service';

const timestampMs = Date.UTC(2026, 10, 23, 12, 0, 0);
const job: ClipJob = {
  clipId: 'event_cam_1_1795435200.000',
  identity: 'id:cam_1:e-1',
  eventId: 'e-1',
  eventType: 'person',
  cameraId: 'cam_1',
  timestampMs,
  startMs: timestampMs - 10_000,
  endMs: timestampMs + 30_000,
  source: { camera_id: 'cam_1' },
};

/** A clipper on a real disk, whose cutter, store and NATS do as the test says. Each life is a process of its own. */
class World {
  readonly did: string[] = [];
  readonly messages: { subject: string; payload: unknown }[] = [];
  readonly objects = new Map<string, { sha256: string; sizeBytes: number }>();
  readonly registry: Registry = createRegistry();
  folder: ClipFolder;
  clips: ClipService;
  cutting: () => Promise<void> = () => Promise.resolve();
  storing: () => Promise<void> = () => Promise.resolve();
  sending: () => Promise<void> = () => Promise.resolve();
  stopping: () => unknown = () => undefined;
  awaiting: (signal: AbortSignal) => Promise<'covered' | 'no_more'> = () => Promise.resolve('covered');
  readonly run: ClipRun = { signal: new AbortController().signal, log: () => undefined, progress: () => undefined };

  constructor(readonly clipsDir: string) {
    [this.folder, this.clips] = this.newLife();
  }

  restart(): void {
    this.registry.clear();
    [this.folder, this.clips] = this.newLife();
  }

  async made(key: 'clips_generated_total' | 'clips_failed_total'): Promise<number> {
    const metric = await this.registry.getSingleMetric(key)?.get();
    return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
  }

  async record(): Promise<ClipRecord> {
    return this.folder.claim(job);
  }

  private newLife(): [ClipFolder, ClipService] {
    const folder = new ClipFolder({ CLIPS_DIR: this.clipsDir }, { warn: () => undefined });
    const clips = new ClipService(
      folder,
      {
        awaitFootage: (_, signal) => this.awaiting(signal),
        cut: async (wanted) => {
          this.did.push('cut');
          await this.cutting();
          for (const extension of ['mp4', 'jpg'] as const) {
            const path = await folder.temporaryPath(wanted, extension);
            await writeFile(path, `${extension} of ${wanted.clipId}`);
            await folder.keep(path, wanted, extension);
          }
          return readyOf(wanted);
        },
      },
      {
        stat: async (bucket, key) => {
          const object = this.objects.get(`${bucket}/${key}`);
          return object && { ...object, lastModifiedMs: 0, metadata: {} };
        },
        putFile: async (bucket, key, path, { sha256 }) => {
          this.did.push(`put ${key.slice(-3)}`);
          await this.storing();
          this.objects.set(`${bucket}/${key}`, { sha256, sizeBytes: (await stat(path)).size });
        },
        url: async (bucket, key) => `http://store/${bucket}/${key}`,
      },
      {
        publish: async (subject, payload) => {
          await this.sending();
          this.messages.push({ subject, payload });
        },
      },
      new ClipMetrics(this.registry, { counts: async () => ({}) }),
      { nowMs: () => job.endMs + 700, monotonicMs: () => 0 },
      { error: () => undefined },
      { register: (_, __, end) => void (this.stopping = end) },
    );
    return [folder, clips];
  }
}

function readyOf(wanted: ClipJob): ClipReady {
  return {
    ...{ clip_id: wanted.clipId, event_id: wanted.eventId, camera_id: wanted.cameraId, event_type: wanted.eventType, url: '', thumbnail_url: '' },
    ...{ timestamp: 0, start: 0, end: 40, duration: 40, requested_start: 0, requested_end: 40, partial: false, gaps: [], bucket: 'clips' },
    ...{ key: clipKey(wanted, 'mp4'), size_bytes: 1, sha256: 'x', codec: 'h264', width: 640, height: 360, source: wanted.source },
  };
}

describe('ClipService', () => {
  let disk: TemporaryFolder;
  let world: World;
  beforeEach(async () => {
    disk = await temporaryFolder();
    world = new World(disk.path);
  });
  afterEach(() => disk.remove());

  it('cuts, stores both files, announces with URLs made just then, and counts one', async () => {
    await world.clips.make(job, world.run);
    expect(world.did).toEqual(['cut', 'put jpg', 'put mp4']);
    expect(world.messages).toEqual([
      {
        subject: SUBJECTS.clipReady,
        payload: expect.objectContaining({
          event_id: 'e-1',
          url: `http://store/clips/${clipKey(job, 'mp4')}`,
          thumbnail_url: `http://store/clips/${clipKey(job, 'jpg')}`,
        }) as unknown,
      },
    ]);
    expect(await world.record()).toMatchObject({ state: 'announced', ready: { url: expect.stringContaining('http') as string } });
    expect(await world.made('clips_generated_total')).toBe(1);
  });

  it('does nothing for an event whose clip was announced, also after a restart', async () => {
    await world.clips.make(job, world.run);
    await world.clips.make(job, world.run);
    expect(await world.made('clips_generated_total')).toBe(1);
    world.restart();
    await world.clips.make(job, world.run);
    expect(world.did).toHaveLength(3);
    expect(world.messages).toHaveLength(1);
  });

  it.each([
    ['the cut', 'cutting', ['cut', 'cut', 'put jpg', 'put mp4']],
    ['the upload', 'storing', ['cut', 'put jpg', 'put jpg', 'put mp4']],
    ['the message', 'sending', ['cut', 'put jpg', 'put mp4']],
  ] as const)('goes on where it was when %s failed and the process was started anew', async (_, broken, did) => {
    const whole = world[broken];
    world[broken] = () => Promise.reject(new Error('away'));
    await expect(world.clips.make(job, world.run)).rejects.toThrow('away');
    world[broken] = whole;
    world.restart();
    await world.clips.make(job, world.run);
    expect(world.did).toEqual(did);
    expect(world.messages.map(({ subject }) => subject)).toEqual([SUBJECTS.clipReady]);
  });

  it('sends only what the store does not hold already', async () => {
    world.storing = async () => {
      if (world.did.includes('put mp4')) throw new Error('reset');
    };
    await expect(world.clips.make(job, world.run)).rejects.toThrow('reset');
    world.storing = () => Promise.resolve();
    await world.clips.make(job, world.run);
    expect(world.did).toEqual(['cut', 'put jpg', 'put mp4', 'put mp4']);
  });

  it('cuts again what somebody removed before it was stored', async () => {
    world.storing = () => Promise.reject(new Error('away'));
    await expect(world.clips.make(job, world.run)).rejects.toThrow('away');
    await world.folder.discard(world.folder.path(job, 'mp4'));
    world.storing = () => Promise.resolve();
    await world.clips.make(job, world.run);
    expect(world.did.filter((step) => step === 'cut')).toHaveLength(2);
  });

  it('lets go of a wait for footage at once when the worker ends', async () => {
    const waiting = new Promise<void>((begun) => {
      world.awaiting = (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          begun();
        });
    });
    const ended = expect(world.clips.make(job, world.run)).rejects.toThrow('stopping');
    await waiting;
    world.stopping();
    await ended;
    expect((await world.record()).state).toBe('claimed');
  });

  it('says once that it gave up, with the code, and takes the clip up again when it is retried', async () => {
    await world.clips.giveUp(job, new ContractError('no_footage', 'nothing there'));
    expect(world.messages).toEqual([
      { subject: SUBJECTS.clipFailed, payload: { event_id: 'e-1', camera_id: 'cam_1', code: 'no_footage', message: 'nothing there', timestamp: timestampMs / 1000 } },
    ]);
    expect(world.folder.openJobs()).toEqual([]);
    expect(await world.made('clips_failed_total')).toBe(1);
    await world.clips.make(job, world.run);
    expect((await world.record()).state).toBe('announced');
  });

  it('keeps a clip that is cut when the store stays away beyond the last retry', async () => {
    world.storing = () => Promise.reject(new ContractError('storage_unavailable', 'away'));
    await expect(world.clips.make(job, world.run)).rejects.toThrow('away');
    await world.clips.giveUp(job, new ContractError('storage_unavailable', 'away'));
    expect(world.messages).toEqual([]);
    expect(world.folder.openJobs()).toHaveLength(1);
  });

  it('stays open while its failure cannot be told', async () => {
    world.sending = () => Promise.reject(new Error('NATS is away'));
    await expect(world.clips.giveUp(job, new Error('ffmpeg: rtsp://a:b@c'))).rejects.toThrow('NATS is away');
    expect(world.folder.openJobs()).toHaveLength(1);
    world.sending = () => Promise.resolve();
    await world.clips.giveUp(job, new Error('ffmpeg: rtsp://a:b@c'));
    expect(world.messages[0]?.payload).toMatchObject({ code: 'internal', message: expect.not.stringContaining('rtsp') as string });
  });
});
