import { type Clock, systemClock } from '@vr/base';
import { readRange } from '@vr/footage';
import { RecordedCamera } from './testing/recorded-camera';

/** The machine's clock. A person, NTP or an empty battery may set it; the monotonic clock does not follow. */
class SetClock implements Clock {
  constructor(private aheadMs = 0) {}
  nowMs = (): number => systemClock.nowMs() + this.aheadMs;
  monotonicMs = (): number => systemClock.monotonicMs();
  step(byMs: number): void {
    this.aheadMs += byMs;
  }
}

/** Issue 3, part 3. */
describe("the machine's clock", () => {
  let recorded: RecordedCamera;
  beforeEach(async () => {
    recorded = await RecordedCamera.start();
  });
  afterEach(() => recorded.end());

  /** A step of the clock costs at most one GOP, because the next segment begins at the next key frame. */
  async function expectNothingLost(): Promise<void> {
    const truth = (await recorded.truth()).sort((a, b) => a - b);
    const longest = Math.max(...truth.slice(1).map((wallMs, i) => wallMs - (truth[i] ?? 0)));
    expect(longest).toBeLessThan(1500);
  }

  it('is set forward by 30 s: 30 s are missing in time, no picture is, and the camera stays connected', async () => {
    const clock = new SetClock();
    recorded.record({ clock });
    await recorded.recorded(4000);
    clock.step(30_000);
    await recorded.recorded(4000);
    await recorded.stop();
    const [gap, ...others] = await recorded.gaps();
    expect(others).toEqual([]);
    expect(gap?.reason).toBe('clock_step');
    expect(Math.abs((gap?.endMs ?? 0) - (gap?.startMs ?? 0) - 30_000)).toBeLessThan(1500);
    await expectNothingLost();
    expect(recorded.states.filter(([state]) => state !== 'recording' && state !== 'connecting')).toEqual([]);
    expect(await recorded.findings(clock)).toEqual([]);
  });

  it('is set back by 6 s: recording goes on, and a line of no length says why instants stand twice', async () => {
    const clock = new SetClock();
    recorded.record({ clock });
    await recorded.recorded(9000);
    clock.step(-6000);
    await recorded.recorded(9000);
    await recorded.stop();
    const [before, after, ...others] = await recorded.segments();
    expect(others).toEqual([]);
    expect(Math.abs((before?.endMs ?? 0) - (after?.startMs ?? 0) - 6000)).toBeLessThan(1500);
    expect(await recorded.gaps()).toEqual([{ startMs: after?.startMs, endMs: after?.startMs, reason: 'clock_step' }]);
    const { pieces, gaps } = await readRange(recorded.recordingsDir, 'cam_1', before?.startMs ?? 0, after?.endMs ?? 0);
    expect(pieces).toHaveLength(2); // the next line shows that a reader gets no instant twice
    expect((pieces[0]?.endMs ?? 0) - (pieces[1]?.startMs ?? 0)).toBeLessThanOrEqual(20);
    // at most the fragment that reaches over the seam
    expect(gaps.filter(({ startMs, endMs }) => endMs - startMs > 1100)).toEqual([]);
    await expectNothingLost();
    expect(await recorded.findings(clock)).toEqual([]);
  });

  it('is in 1970 after boot and set later: footage moves to its true time, and nothing is interrupted', async () => {
    const clock = new SetClock();
    recorded.record({ clock });
    await recorded.recorded(3000);
    await recorded.stop();
    const [before] = await recorded.segments();
    const sinceBootMs = 12_345;
    const behindMs = systemClock.nowMs() - sinceBootMs;
    clock.step(-behindMs);
    recorded.record({ clock, segmentMs: 3000 });
    await recorded.recorded(26_000); // a run's first segment lasts at least 20 s
    expect(new Date((await recorded.segments())[0]?.startMs ?? 0).getUTCFullYear()).toBe(1970);
    clock.step(behindMs);
    await recorded.recorded(3000);
    await recorded.stop();
    const segments = await recorded.segments();
    expect(segments.length).toBeGreaterThanOrEqual(4);
    expect(segments[0]?.startMs).toBe(before?.startMs);
    segments
      .slice(2)
      .forEach((segment, i) => expect(Math.abs(segment.startMs - (segments[i + 1]?.endMs ?? 0))).toBeLessThan(20));
    const [gap, ...others] = await recorded.gaps();
    expect(others).toEqual([]);
    expect([gap?.startMs, gap?.endMs]).toEqual([segments[0]?.endMs, segments[1]?.startMs]);
    const truth = await recorded.truth();
    expect(truth).toEqual([...truth].sort((a, b) => a - b));
    expect(await recorded.findings(clock)).toEqual([]);
  });
});
