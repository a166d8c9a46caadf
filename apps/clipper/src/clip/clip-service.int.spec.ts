import { readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PostponedError } from '@vr/base';
import { clipId, clipKey, ContractError, SUBJECTS, type ClipJob, type ClipReady } from '@vr/contracts';
import { NoRoomError } from '@vr/retention';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { job, World } from '../testing/clip-world';

const { timestampMs } = job;

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
    expect(await world.record()).toMatchObject({
      state: 'announced',
      ready: { url: expect.stringContaining('http') as string },
    });
    expect(await world.made('clips_generated_total')).toBe(1);
  });

  it('makes the clip of a job whose record is lost, and says that what was sent is lost with it', async () => {
    await world.clips.make({ ...job, source: undefined }, world.run);
    expect(world.messages.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ event_id: 'e-1', source: {}, source_truncated: true }) as unknown,
    ]);
  });

  it('takes what was sent from the record, or from a job of an earlier version, which carries it', async () => {
    await world.ledger.claim(job);
    await world.clips.make({ ...job, source: undefined }, world.run);
    const old = {
      ...job,
      clipId: clipId.parse('event_cam_1_1795435201.000'),
      timestampMs: timestampMs + 1000,
      identity: 'old',
      source: { note: 'old', picture: 'x'.repeat(100_000) },
    };
    await world.clips.make(old, world.run);
    const [own, ofOld] = world.messages.map(({ payload }) => payload as ClipReady);
    expect(own).toMatchObject({ source: job.source });
    expect(own).not.toHaveProperty('source_truncated');
    expect(ofOld).toMatchObject({ source: { note: 'old' }, source_truncated: true });
  });

  it('waits, and writes nothing, while the folder of its clip is a link out of CLIPS_DIR', async () => {
    const outside = await temporaryFolder('outside');
    await symlink(outside.path, join(disk.path, 'cam_1'));
    const failure: unknown = await world.clips.make(job, world.run).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'PostponedError', message: expect.stringContaining('leads to') as string });
    expect(await readdir(outside.path)).toEqual([]);
    await rm(join(disk.path, 'cam_1'));
    await world.clips.make(job, world.run);
    expect(world.messages).toHaveLength(1);
    await outside.remove();
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
    ['the upload', 'storing', ['cut', 'put jpg', 'put mp4', 'put jpg', 'put mp4']],
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
    world.storing = async (key) => {
      if (key?.endsWith('mp4')) throw new Error('reset');
    };
    await expect(world.clips.make(job, world.run)).rejects.toThrow('reset');
    world.storing = () => Promise.resolve();
    await world.clips.make(job, world.run);
    expect(world.did).toEqual(['cut', 'put jpg', 'put mp4', 'put mp4']);
  });

  it('cuts again what somebody removed before it was stored', async () => {
    world.storing = () => Promise.reject(new Error('away'));
    await expect(world.clips.make(job, world.run)).rejects.toThrow('away');
    await world.folder.discard(await world.folder.path(job, 'mp4'));
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
      {
        subject: SUBJECTS.clipFailed,
        payload: {
          event_id: 'e-1',
          camera_id: 'cam_1',
          code: 'no_footage',
          message: 'nothing there',
          timestamp: timestampMs / 1000,
        },
      },
    ]);
    expect(world.ledger.openCount).toBe(0);
    expect(await world.made('clips_failed_total')).toBe(1);
    await world.clips.make(job, world.run);
    expect((await world.record()).state).toBe('announced');
  });

  it.each([
    ['the store is away', 'storing', new ContractError('storage_unavailable', 'nobody answers'), /nobody answers/],
    ['NATS is away', 'sending', new Error('not sent'), /not sent/],
    ['its budget is full', 'cutting', new NoRoomError('there is no room for 5.00 MB more'), /no room for 5.00 MB/],
    ['the disk is full', 'cutting', Object.assign(new Error('no space'), { code: 'ENOSPC' }), /disk takes no clip/],
    [
      'ffmpeg says that the disk is full',
      'cutting',
      new Error('av_interleaved_write_frame(): No space left on device'),
      /disk takes no clip/,
    ],
  ] as const)('waits, and fails nothing, while %s', async (_, broken, error, reason) => {
    const whole = world[broken];
    world[broken] = () => Promise.reject(error);
    for (let i = 0; i < 30; i++) {
      const failure: unknown = await world.clips.make(job, world.run).catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(PostponedError);
      expect((failure as PostponedError).message).toMatch(reason);
      expect((failure as PostponedError).delayMs).toBeLessThanOrEqual(75_000);
      world.nowMs += 75_000;
    }
    expect(world.messages).toEqual([]);
    world[broken] = whole;
    await world.clips.make(job, world.run);
    expect(world.messages).toHaveLength(1);
  });

  it('lets one clip ask for room while there is none', async () => {
    world.cutting = () => Promise.reject(new NoRoomError('full'));
    await expect(world.clips.make(job, world.run)).rejects.toThrow('full');
    const other = { ...job, clipId: clipId.parse('event_cam_1_1795435201.000'), identity: 'other' };
    const tried = world.did.length;
    await expect(world.clips.make(other, world.run)).rejects.toThrow(PostponedError);
    expect(world.did.slice(tried)).toEqual([]);
    world.cutting = () => Promise.resolve();
    world.nowMs += 1001;
    await world.clips.make(job, world.run);
    await world.clips.make(other, world.run);
    expect(world.messages).toHaveLength(2);
  });

  it('does not ask a store that has just failed', async () => {
    world.storing = () => Promise.reject(new ContractError('storage_unavailable', 'away'));
    await expect(world.clips.make(job, world.run)).rejects.toThrow('away');
    const tried = world.did.length;
    const other = { ...job, clipId: clipId.parse('event_cam_1_1795435201.000'), identity: 'other' };
    await expect(world.clips.make(other, world.run)).rejects.toThrow(PostponedError);
    expect(world.did.slice(tried)).toEqual(['cut']);
  });

  it('sends a clip without what came with its event where NATS takes no more', async () => {
    let tries = 0;
    world.sending = async () => {
      if ((tries += 1) === 1) throw new Error("'payload' max_payload size exceeded");
    };
    await world.clips.make(job, world.run);
    expect(world.messages[0]?.payload).toMatchObject({ event_id: 'e-1', source: {} });
  });

  it('stays open while its failure cannot be told', async () => {
    world.sending = () => Promise.reject(new Error('NATS is away'));
    await expect(world.clips.giveUp(job, new Error('ffmpeg: rtsp://a:b@c'))).rejects.toThrow('NATS is away');
    expect(world.ledger.openCount).toBe(1);
    world.sending = () => Promise.resolve();
    await world.clips.giveUp(job, new Error('ffmpeg: rtsp://a:b@c'));
    expect(world.messages[0]?.payload).toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('rtsp') as string,
    });
  });
});

describe('ClipService, merging', () => {
  let disk: TemporaryFolder;
  beforeEach(async () => {
    disk = await temporaryFolder();
  });
  afterEach(() => disk.remove());
  const later: ClipJob = {
    ...job,
    clipId: clipId.parse('event_cam_1_1795435210.000'),
    identity: 'id:cam_1:e-2',
    eventId: 'e-2',
    startMs: job.startMs + 10_000,
    endMs: job.endMs + 10_000,
    source: { second: true },
  };

  it('waits until the whole window is over, then tells every event of one clip, with the same id and url', async () => {
    const world = new World(disk.path, 'overlapping');
    await world.ledger.claim(job);
    await world.ledger.claim(later);
    const failure: unknown = await world.clips.make(job, world.run).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'PostponedError', delayMs: 9300 });
    world.nowMs = later.endMs;
    await world.clips.make(job, world.run);
    expect(world.did).toEqual(['thumbnail', 'cut', 'put jpg', 'put mp4']);
    const said = world.messages.map(({ payload }) => payload as ClipReady);
    expect(said.map(({ event_id, clip_id, url, source }) => ({ event_id, clip_id, url, source }))).toEqual([
      { event_id: 'e-1', clip_id: job.clipId, url: `http://store/clips/${clipKey(job, 'mp4')}`, source: job.source },
      { event_id: 'e-2', clip_id: job.clipId, url: `http://store/clips/${clipKey(job, 'mp4')}`, source: later.source },
    ]);
    expect(said[1]).toMatchObject({ requested_start: later.startMs / 1000, requested_end: later.endMs / 1000 });
    expect(await world.made('clips_generated_total')).toBe(1);
    await world.clips.make(later, world.run);
    expect(world.messages).toHaveLength(2);
  });

  it('cuts again what grew while the footage was awaited', async () => {
    const world = new World(disk.path, 'overlapping');
    world.nowMs = job.endMs;
    await world.ledger.claim(job);
    world.awaiting = async () => {
      await world.ledger.claim(later);
      return 'covered';
    };
    await expect(world.clips.make(job, world.run)).rejects.toThrow(PostponedError);
    expect(world.did).toEqual([]);
  });

  it('says of every event that there is no clip', async () => {
    const world = new World(disk.path, 'overlapping');
    await world.ledger.claim(job);
    await world.ledger.claim(later);
    await world.clips.giveUp(job, new ContractError('no_footage', 'none'));
    expect(world.messages.map(({ payload }) => (payload as { event_id: string }).event_id)).toEqual(['e-1', 'e-2']);
  });
});
