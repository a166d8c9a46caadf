import { Limiter } from './limiter';

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
