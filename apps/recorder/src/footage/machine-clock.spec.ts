import { isPlausible, MachineClock, shifted } from './machine-clock';

const IN_1970_MS = 60_000;
const NOW_MS = Date.UTC(2026, 10, 28);

describe('MachineClock', () => {
  function stepsOf(...arrivals: [wallMs: number, monotonicMs: number][]): unknown[] {
    const clock = new MachineClock();
    return arrivals.map(([wallMs, monotonicMs]) => clock.stepBefore({ wallMs, monotonicMs }));
  }

  it('sees no step at the first arrival, nor where both clocks go alike', () => {
    expect(stepsOf([NOW_MS, 0], [NOW_MS + 30_000, 30_000])).toEqual([undefined, undefined]);
  });

  it('takes up to two seconds for drift', () => {
    expect(stepsOf([NOW_MS, 0], [NOW_MS + 2500, 500], [NOW_MS + 1000, 1000])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([3000, -3000])('sees that the clock was changed by %i ms', (stepMs) => {
    expect(stepsOf([NOW_MS, 0], [NOW_MS + stepMs + 500, 500])[1]).toEqual({ kind: 'changed', stepMs });
  });

  it('sees that a machine that booted in 1970 is told the time', () => {
    const stepMs = NOW_MS - IN_1970_MS;
    expect(stepsOf([IN_1970_MS, 0], [NOW_MS + 500, 500])[1]).toEqual({ kind: 'first_set', stepMs });
  });

  it('moves only instants from before the clock was set', () => {
    expect([isPlausible(IN_1970_MS), isPlausible(NOW_MS)]).toEqual([false, true]);
    expect([shifted(IN_1970_MS, 1000), shifted(NOW_MS, 1000)]).toEqual([IN_1970_MS + 1000, NOW_MS]);
  });
});
