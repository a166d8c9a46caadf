import { clipId, clipKey, ContractError, type ClipJob } from '@vr/contracts';
import fc from 'fast-check';
import { AT, IntakeWorld, NOW } from '../testing/intake-world';

describe('an event', () => {
  it('becomes a job with its window, its type from the subject and everything that was sent', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    expect(await world.event({ event_id: 'e-1', confidence: 0.9 })).toEqual({
      clipId: `event_cam_1_${AT}.000`,
      identity: 'id:cam_1:e-1',
      eventId: 'e-1',
      eventType: 'person',
      cameraId: 'cam_1',
      timestampMs: NOW - 5000,
      startMs: NOW - 15_000,
      endMs: NOW + 25_000,
      source: { camera_id: 'cam_1', timestamp: AT, event_id: 'e-1', confidence: 0.9 },
    });
  });

  it('that carries a picture keeps its own fields, and says that something is missing', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    const job = await world.event({ event_id: 'e-1', picture: 'x'.repeat(300_000), confidence: 0.9 });
    expect(job).toMatchObject({
      eventId: 'e-1',
      source: { camera_id: 'cam_1', timestamp: AT, event_id: 'e-1', confidence: 0.9 },
      sourceTruncated: true,
    });
    expect(job?.source).not.toHaveProperty('picture');
  });

  it('is on disk before it is in Redis', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    await world.event({});
    expect(world.steps).toEqual(['claimed', 'queued']);
  });

  it('is refused, so that it comes again, while Redis does not take its job', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    world.add = () => Promise.reject(new Error('Redis is away'));
    await expect(world.event({})).rejects.toThrow('Redis is away');
  });

  it('is queued all the same where the disk takes no record', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    world.claim = () => Promise.reject(new Error('ENOSPC'));
    expect(await world.event({ event_id: 'e-1' })).toMatchObject({ eventId: 'e-1' });
    expect(world.warnings).toHaveLength(1);
  });

  it('whose clip was announced is not queued again', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    world.claim = (job) => Promise.resolve({ state: 'announced', job });
    await world.event({});
    expect(world.steps).toEqual(['claimed']);
  });

  it('is queued under the name that the folder gave it', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    world.claim = (job) =>
      Promise.resolve({ state: 'claimed', job: { ...job, clipId: clipId.parse(`${job.clipId}_abcdef`) } });
    expect((await world.event({}))?.clipId).toBe(`event_cam_1_${AT}.000_abcdef`);
  });

  it('has one identity however often it is sent, and another on another camera, subject or instant', async () => {
    const world = new IntakeWorld({ id: 'cam_1' }, { id: 'cam_2' });
    const identity = async (fields: Record<string, unknown>, subject?: string): Promise<string> =>
      (await world.event(fields, subject))?.identity ?? '';
    const plain = await identity({});
    expect(await identity({ extra: 1 })).toBe(plain);
    const others = [
      await identity({ camera_id: 'cam_2' }),
      await identity({ timestamp: AT + 0.001 }),
      await identity({}, 'seguranca.event.car'),
      await identity({ event_id: 'e' }),
      await identity({ event_id: 'e', camera_id: 'cam_2' }),
    ];
    expect(new Set([plain, ...others]).size).toBe(6);
    expect(await identity({ event_id: 'e', timestamp: AT - 1 })).toBe(others[3]);
    expect(await identity({ event_id: '', event_type: null, end_timestamp: null, pre_seconds: NaN })).toBe(plain);
  });

  it('without a timestamp is of when it reached NATS: brought again it is the same, sent again another', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    const sent = async (atMs: number, mark: string): Promise<ClipJob | undefined> =>
      world.event({ timestamp: null }, 'seguranca.event.person', { atMs, mark });
    const first = await sent(NOW - 2000, '17');
    expect(first).toMatchObject({
      timestampMs: NOW - 2000,
      eventId: `person_cam_1_${NOW - 2000}`,
      clipId: `event_cam_1_${NOW / 1000 - 2}.000`,
    });
    world.nowMs += 60_000;
    expect(await sent(NOW - 2000, '17')).toEqual(first);
    expect((await sent(NOW - 2000, '18'))?.identity).not.toBe(first?.identity);
  });

  it('whose timestamp has no zone says that one was assumed', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    const local = new Date(NOW - new Date(NOW).getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
    expect(await world.event({ timestamp: local })).toMatchObject({ timestampMs: NOW, timestampAssumed: true });
    expect(await world.event({})).not.toHaveProperty('timestampAssumed');
  });

  it("takes pre and post from the event, else from its camera, else from the worker's settings", async () => {
    const world = new IntakeWorld({ id: 'cam_1', clip: { pre_seconds: 3 } });
    expect(await world.event({})).toMatchObject({ startMs: NOW - 8000, endMs: NOW + 25_000 });
    expect(await world.event({ pre_seconds: 1, post_seconds: 2 })).toMatchObject({
      startMs: NOW - 6000,
      endMs: NOW - 3000,
    });
  });

  it('of a wrong clock is taken as now, said, and keeps the name and identity of its own timestamp', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    const sent = { timestamp: NOW / 1000 + 60 };
    const first = await world.event(sent);
    world.nowMs += 2000;
    const second = await world.event(sent);
    expect(first).toMatchObject({
      timestampMs: NOW,
      clampedByMs: 60_000,
      clipId: `event_cam_1_${NOW / 1000 + 60}.000`,
    });
    expect(second).toMatchObject({ clipId: first?.clipId, identity: first?.identity });
    expect(world.warnings[0]).toMatch(/wrong clock/);
  });

  it.each([
    ['of an unknown camera', { camera_id: 'cam_9' }, 'unknown_camera'],
    ['with a path for a camera', { camera_id: '../../etc' }, 'invalid_payload'],
    ['that is too long', { pre_seconds: 200, post_seconds: 200 }, 'too_long'],
    ['of the year 3000', { timestamp: 32_503_680_000 }, 'invalid_payload'],
    ["older than its camera's footage", { timestamp: NOW / 1000 - 86_400 - 60 }, 'footage_expired'],
  ])('%s is rejected with its code and touches nothing', async (_, fields, code) => {
    const world = new IntakeWorld({ id: 'cam_1', retention_days: 1 });
    await expect(world.event(fields)).rejects.toMatchObject({ code });
    expect(world.steps).toEqual([]);
  });
});

describe('10,000 mutations of an event', () => {
  const valid = {
    camera_id: 'cam_1',
    timestamp: AT,
    event_id: 'e-1',
    event_type: 'person',
    end_timestamp: AT + 1,
    pre_seconds: 1,
    post_seconds: 1,
  };
  const hostile = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
    fc.constantFrom<unknown>(
      AT,
      AT * 1000,
      NOW / 1000 + 3599,
      1e11,
      4e9,
      -1,
      1e308,
      '2026-11-23T12:00:00Z',
      '../..',
      '',
    ),
  );
  const mutation = fc.dictionary(fc.constantFrom(...Object.keys(valid)), hostile, { minKeys: 1, maxKeys: 4 });

  it('each become a job or are refused with a code', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutation, async (changes) => {
        const error: unknown = await world.event({ ...valid, ...changes }).catch((thrown: unknown) => thrown);
        if (!(error instanceof Error)) return;
        expect(error).toBeInstanceOf(ContractError);
        refused += 1;
      }),
      { numRuns: 10_000, seed: 20_261_123 },
    );
    expect(world.jobs.length).toBe(10_000 - refused);
    for (const { startMs, endMs, ...clip } of world.jobs) {
      expect(clipKey(clip, 'mp4')).toMatch(/^cam_1\/\d{4}-\d{2}-\d{2}\/event_cam_1_\d+\.\d{3}\.mp4$/);
      expect(endMs).toBeGreaterThan(startMs);
    }
    expect(world.jobs.length).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(1000);
  }, 60_000);
});
