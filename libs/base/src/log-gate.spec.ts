import { LogGate } from './log-gate';

describe('LogGate', () => {
  let nowMs = 5000;
  const clock = { monotonicMs: () => nowMs };
  beforeEach(() => (nowMs = 5000));

  it('gives each kind one turn a minute, and counts what it kept quiet', () => {
    const gate = new LogGate(clock);
    expect(gate.turn('disk')).toEqual({ silent: 0, others: 0 });
    expect([gate.turn('disk'), gate.turn('disk')]).toEqual([undefined, undefined]);
    expect(gate.turn('store')).toEqual({ silent: 0, others: 0 });
    nowMs += 59_999;
    expect(gate.turn('disk')).toBeUndefined();
    nowMs += 1;
    expect(gate.turn('disk')).toEqual({ silent: 3, others: 0 });
    expect(gate.turn('disk')).toBeUndefined();
  });

  it('takes a fault that was over for news', () => {
    const gate = new LogGate(clock);
    gate.turn('disk');
    gate.forget('disk');
    expect(gate.turn('disk')).toEqual({ silent: 0, others: 0 });
  });

  it('remembers so many kinds and no more, and counts the others', () => {
    const gate = new LogGate(clock, 2);
    for (const kind of ['a', 'b']) expect(gate.turn(kind)).toBeDefined();
    for (const kind of ['c', 'd', 'e']) expect(gate.turn(kind)).toBeUndefined();
    nowMs += 60_000;
    expect(gate.turn('c')).toEqual({ silent: 0, others: 3 });
    expect(gate.turn('d')).toEqual({ silent: 0, others: 0 });
  });
});
