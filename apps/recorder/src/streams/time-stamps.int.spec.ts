// One built recorder records cameras whose time stamps jump.
import { CHANNEL, until } from '@vr/testing';
import { LATE_MS, RecordedStreams, stampErrors } from '../testing/recorded-streams';

describe('time stamps', () => {
  const streams = new RecordedStreams();
  const ids = ['back', 'ahead', 'nudged'];
  /** The jump of each camera in RTP ticks, 90 000 a second. */
  const jump: Record<string, number> = {};

  beforeAll(async () => {
    const started = await streams.camera();
    const cables = await Promise.all(
      ids.map((id) =>
        streams.link({ port: started.port, onPacket: ({ channel, bytes }) => moved(channel, bytes, jump[id] ?? 0) }),
      ),
    );
    await streams.record(ids.map((id, i) => ({ id, url: cables[i]?.url(started.url()) ?? '' })));
    await streams.grown(ids, 4000);
    Object.assign(jump, { back: -100 * 90_000, ahead: 100 * 90_000, nudged: -900 });
    await Promise.all(
      ['back', 'ahead'].map((id) =>
        until(() => streams.ended(id).length > 0, { what: `the end of ${id}'s run`, deadlineMs: 15_000 }),
      ),
    );
    await streams.grown(ids, 5000);
    await streams.worker.stop();
  }, 120_000);
  afterAll(() => streams.end());

  function moved(channel: number, bytes: Buffer, ticks: number): boolean {
    if (channel === CHANNEL.video) bytes.writeUInt32BE((bytes.readUInt32BE(4) + ticks + 2 ** 32) % 2 ** 32, 4);
    return true;
  }

  it.each(['back', 'ahead'])('that jump %s end the run: a short gap, and true stamps on both sides', async (id) => {
    const segments = await streams.segments(id);
    expect(segments).toHaveLength(2);
    for (const segment of segments)
      expect(Math.max(...(await stampErrors(segment)).errorsMs.map(Math.abs))).toBeLessThan(LATE_MS);
    const [gap, ...others] = await streams.gaps(id);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ reason: 'stream_invalid', startMs: segments[0]?.endMs });
    expect((gap?.endMs ?? 0) - (gap?.startMs ?? 0)).toBeLessThan(10_000);
  });

  it("that are nudged by less than a picture lasts are the camera's business", async () => {
    expect(streams.ended('nudged')).toEqual([]);
    expect(await streams.segments('nudged')).toHaveLength(1);
  });
});
