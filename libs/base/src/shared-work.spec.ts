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

  describe('of which the result is wanted only by who waits for it', () => {
    let begun: { signal: AbortSignal; finish: (value: string) => void }[];
    const running = new SharedWork<string>({ monotonicMs: () => nowMs });
    const run = (signal: AbortSignal): Promise<string> =>
      new Promise((resolve, reject) => {
        begun.push({ signal, finish: resolve });
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    beforeEach(() => {
      begun = [];
    });

    it('is joined for as long as it runs, and begun anew afterwards', async () => {
      const first = running.share('frame', run);
      nowMs = 1e9;
      const second = running.share('frame', run);
      begun[0]?.finish('picture');
      expect(await Promise.all([first, second])).toEqual(['picture', 'picture']);
      const third = running.share('frame', run);
      begun[1]?.finish('another');
      expect([await third, begun.length]).toEqual(['another', 2]);
    });

    it(
      'goes on while one is left, and is stopped when all have gone; who comes then gets a run ' + 'of his own',
      async () => {
        const [a, b] = [new AbortController(), new AbortController()];
        const waiting = [running.share('frame', run, a.signal), running.share('frame', run, b.signal)];
        a.abort(new Error('gone'));
        await expect(waiting[0]).rejects.toThrow('gone');
        expect(begun[0]?.signal.aborted).toBe(false);
        b.abort(new Error('gone too'));
        await expect(waiting[1]).rejects.toThrow('gone too');
        expect(begun[0]?.signal.aborted).toBe(true);
        const next = running.share('frame', run, new AbortController().signal);
        begun[1]?.finish('picture');
        expect([await next, begun.length]).toEqual(['picture', 2]);
        await expect(running.share('frame', run, b.signal)).rejects.toThrow('gone too');
      },
    );

    it('is not stopped while one waits who cannot go', async () => {
      const a = new AbortController();
      const stays = running.share('frame', run);
      const left = running.share('frame', run, a.signal);
      a.abort(new Error('gone'));
      await expect(left).rejects.toThrow('gone');
      begun[0]?.finish('picture');
      expect(await stays).toBe('picture');
    });
  });
});
