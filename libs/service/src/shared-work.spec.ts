import { SharedWork } from './shared-work';

describe('SharedWork', () => {
  let nowMs = 0;
  let runs = 0;
  const work = async (): Promise<number> => (runs += 1);
  let shared: SharedWork<number>;
  beforeEach(() => {
    [nowMs, runs] = [0, 0];
    shared = new SharedWork({ monotonicMs: () => nowMs }, 200);
  });

  it('gives one result to all who come within the time, and a new one after it', async () => {
    const first = shared.share('cam_1', work);
    nowMs = 199;
    expect(await Promise.all([first, shared.share('cam_1', work), shared.share('cam_2', work)])).toEqual([1, 1, 2]);
    nowMs = 200;
    expect(await shared.share('cam_1', work)).toBe(3);
    nowMs = 399;
    expect(await shared.share('cam_1', work)).toBe(3);
  });

  it('does not share a failure with those who come after it', async () => {
    await expect(shared.share('cam_1', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await shared.share('cam_1', work)).toBe(1);
  });
});
