import { NoRoomError } from '@vr/retention';
import { AT, IntakeWorld, NOW } from '../testing/intake-world';

describe('a request', () => {
  const request = { camera_id: 'cam_1', start: AT - 60, end: AT - 30 };

  it('is answered at once with the id of the clip to come', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    const clipId = `clip_cam_1_${AT - 60}.000_${AT - 30}.000`;
    expect(await world.request(request)).toEqual({ clip_id: clipId, queued: true });
    expect(world.jobs[0]).toMatchObject({
      clipId,
      eventId: clipId,
      eventType: 'manual',
      startMs: (AT - 60) * 1000,
      endMs: (AT - 30) * 1000,
    });
  });

  it('is announced under its request_id', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    await world.request({ ...request, request_id: 'r-7' });
    expect(world.jobs[0]).toMatchObject({ eventId: 'r-7' });
  });

  it('whose times have no zone says so, in its reply and in its job', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    const local = (ms: number): string =>
      new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
    expect(await world.request({ ...request, start: local(NOW - 60_000), end: NOW })).toMatchObject({
      queued: true,
      timestamp_assumed: true,
    });
    expect(world.jobs[0]).toMatchObject({ startMs: NOW - 60_000, timestampAssumed: true });
  });

  it('is refused where too many of its camera come in a minute, until time has passed; events never are', async () => {
    const world = new IntakeWorld({ id: 'cam_1' }, { id: 'cam_2' });
    const ask = (n: number, camera = 'cam_1') =>
      world.request({ camera_id: camera, start: AT - 60 + n / 1000, end: AT - 30 });
    for (let n = 0; n < 60; n++) await ask(n);
    await expect(ask(60)).rejects.toMatchObject({
      code: 'too_many_requests',
      message:
        'record.clip of camera cam_1: wanted at most 60 requests a minute (REQUESTS_PER_MINUTE); ask again in 1 s',
      retryAfterMs: 1000,
    });
    expect(world.jobs).toHaveLength(60);
    await ask(0, 'cam_2');
    for (let n = 0; n < 100; n++) await world.event({ event_id: `e-${n}` });
    expect(world.jobs).toHaveLength(161);
    world.nowMs += 1000;
    await ask(61);
    await expect(ask(62)).rejects.toMatchObject({ code: 'too_many_requests' });
  });

  it('is refused while too many of its camera wait; events never are', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    world.waiting = 50;
    await expect(world.request(request)).rejects.toMatchObject({
      code: 'too_many_requests',
      message: expect.stringContaining('50 wait already, wanted fewer than 50 (REQUESTS_WAITING_MAX)') as string,
    });
    expect(await world.event({})).toMatchObject({ eventType: 'person' });
    world.waiting = 49;
    await world.request(request);
  });

  it('is refused where there is no room for it and none will be made; an event is taken', async () => {
    const world = new IntakeWorld({ id: 'cam_1' });
    world.roomByHand = () => Promise.reject(new NoRoomError('there is no room for 5.00 MB more'));
    await expect(world.request(request)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: 'there is no room for 5.00 MB more',
    });
    expect(world.jobs).toEqual([]);
    expect(await world.event({})).toMatchObject({ eventType: 'person' });
  });

  it('of an unknown camera is refused', async () => {
    await expect(new IntakeWorld().request(request)).rejects.toMatchObject({ code: 'unknown_camera' });
  });
});
