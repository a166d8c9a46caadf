import { MomentAxis } from './moment';

describe('the axis', () => {
  let nowMs: number;
  let axis: MomentAxis;
  beforeEach(() => {
    nowMs = 1_000_000;
    axis = new MomentAxis(() => nowMs);
  });

  it('is live at first, and live is now', () => {
    nowMs += 5000;
    expect(axis.moment).toEqual({ mode: 'live', atMs: 1_005_000, rate: 1, playing: true });
  });

  it('runs from where it was set, as fast as it was told, and keeps its place over a change of rate', () => {
    axis.jump(500_000);
    nowMs += 1000;
    expect(axis.moment).toEqual({ mode: 'past', atMs: 501_000, rate: 1, playing: true });
    axis.setRate(8);
    expect(axis.moment.atMs).toBe(501_000);
    nowMs += 1000;
    expect(axis.moment.atMs).toBe(509_000);
    axis.setRate(-16);
    nowMs += 1000;
    expect(axis.moment.atMs).toBe(493_000);
  });

  it('holds the picture on pause, also of live, and goes on from there', () => {
    axis.pause();
    nowMs += 60_000;
    expect(axis.moment).toEqual({ mode: 'past', atMs: 1_000_000, rate: 1, playing: false });
    axis.play();
    nowMs += 500;
    expect(axis.moment).toEqual({ mode: 'past', atMs: 1_000_500, rate: 1, playing: true });
    axis.goLive();
    expect(axis.moment.atMs).toBe(nowMs);
  });

  it('waits while it is held, and goes on from there without a leap', () => {
    axis.jump(500_000);
    nowMs += 1000;
    axis.hold(true);
    nowMs += 5000;
    expect(axis.moment).toEqual({ mode: 'past', atMs: 501_000, rate: 1, playing: true });
    axis.hold(false);
    nowMs += 1000;
    expect(axis.moment.atMs).toBe(502_000);
  });

  it('never shows the time to come', () => {
    axis.jump(nowMs + 1);
    expect(axis.moment.mode).toBe('live');
    axis.jump(nowMs - 1000);
    axis.setRate(300);
    nowMs += 1000;
    expect(axis.moment.atMs).toBe(nowMs);
  });

  it('takes rates from a quarter to 300, and live only its own', () => {
    axis.setRate(2);
    expect(axis.moment).toMatchObject({ mode: 'live', rate: 1 });
    axis.setRate(0.5);
    expect(axis.moment).toMatchObject({ mode: 'past', rate: 0.5 });
    axis.setRate(0.01);
    expect(axis.moment.rate).toBe(0.25);
    axis.setRate(-1000);
    expect(axis.moment.rate).toBe(-300);
    expect(() => axis.setRate(0)).toThrow('a rate other than 0 was wanted, got 0');
    expect(() => axis.setRate(NaN)).toThrow(RangeError);
  });

  it('tells who listens of every change, and nobody after that', () => {
    let calls = 0;
    const end = axis.subscribe(() => (calls += 1));
    axis.jump(1);
    axis.pause();
    expect(calls).toBe(2);
    end();
    axis.play();
    expect(calls).toBe(2);
  });
});
