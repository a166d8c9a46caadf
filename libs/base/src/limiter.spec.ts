import { QueueFullError, Limiter } from './limiter';

describe('Limiter', () => {
  it('runs so many at once, the others in their order, and goes on after a failure', async () => {
    const limiter = new Limiter(2);
    const started: number[] = [];
    const gates = [0, 1, 2, 3].map(gate);
    const runs = gates.map(({ opened }, index) =>
      limiter.run(async () => {
        started.push(index);
        await opened;
        return index;
      }),
    );
    expect(started).toEqual([0, 1]);
    gates[1]?.fail(new Error('broken'));
    await expect(runs[1]).rejects.toThrow('broken');
    expect(started).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    expect(await Promise.all([runs[0], runs[2], runs[3]])).toEqual([0, 2, 3]);
    expect(await limiter.run(() => Promise.resolve('free again'))).toBe('free again');
  });

  it('refuses what comes when as many wait as may, and takes the next once one has left', async () => {
    const limiter = new Limiter(1, 1);
    const [first, second] = [gate(), gate()];
    const runs = [first, second].map(({ opened }) => limiter.run(() => opened));
    await expect(limiter.run(() => Promise.resolve())).rejects.toThrow(QueueFullError);
    first.open();
    await runs[0];
    const third = limiter.run(() => Promise.resolve('taken'));
    second.open();
    expect(await third).toBe('taken');
  });

  it('lets who gives up leave the queue, and never begins his work', async () => {
    const limiter = new Limiter(1);
    const first = gate();
    const leaving = new AbortController();
    let begun = 0;
    const work = async (): Promise<number> => (begun += 1);
    const running = limiter.run(() => first.opened);
    const [left, stays] = [limiter.run(work, leaving.signal), limiter.run(work)];
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(limiter.waiting).toBe(1);
    first.open();
    await Promise.all([running, stays]);
    await expect(limiter.run(work, leaving.signal)).rejects.toThrow('gone');
    expect(begun).toBe(1);
  });
});

function gate(): { opened: Promise<void>; open: () => void; fail: (error: Error) => void } {
  let open = (): void => undefined;
  let fail: (error: Error) => void = () => undefined;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}
