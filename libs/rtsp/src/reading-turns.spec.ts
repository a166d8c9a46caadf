import { jest } from '@jest/globals';
import { ReadingTurns } from './reading-turns';

const LONGEST_TURN_MS = 260;

describe('ReadingTurns', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const started = () => {
    const turns = new ReadingTurns({ monotonicMs: () => performance.now() });
    const resumed: number[] = [];
    const camera = { sinceMs: turns.nowMs, mostBytes: 0, resume: () => void resumed.push(performance.now()) };
    return { turns, camera, resumed };
  };

  it('lets a connection read as data comes in its first 20 s', () => {
    const { turns, camera } = started();
    jest.advanceTimersByTime(19_900);
    expect(turns.readsOn(camera, 1400)).toBe(true);
    jest.advanceTimersByTime(200);
    expect(turns.readsOn(camera, 1400)).toBe(false);
  });

  it('resumes all that stand at once, 200 ms later or so, and none twice', () => {
    const { turns, camera, resumed } = started();
    const other = { ...camera, resume: () => void resumed.push(performance.now()) };
    jest.advanceTimersByTime(21_000);
    expect([turns.readsOn(camera, 1400), turns.readsOn(other, 1400)]).toEqual([false, false]);
    jest.advanceTimersByTime(139);
    expect(resumed).toEqual([]);
    jest.advanceTimersByTime(LONGEST_TURN_MS);
    expect(resumed).toHaveLength(2);
    expect(resumed[0]).toBe(resumed[1]);
    jest.advanceTimersByTime(10 * LONGEST_TURN_MS);
    expect(resumed).toHaveLength(2);
  });

  it('lets it read on while a read brings as much as one ever did, and as much as a small buffer holds', () => {
    const { turns, camera } = started();
    jest.advanceTimersByTime(21_000);
    const reads = [64 * 1024 - 1, 64 * 1024, 64 * 1024, 64 * 1024 - 1, 100_000, 64 * 1024, 100_000];
    expect(reads.map((sizeBytes) => turns.readsOn(camera, sizeBytes))).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('lets it read as data comes for a second in each half minute', () => {
    const { turns, camera } = started();
    jest.advanceTimersByTime(20_000);
    let eager = 0;
    for (let i = 0; i < 1200; i++) {
      jest.advanceTimersByTime(100);
      if (turns.readsOn(camera, 1400)) eager++;
    }
    expect(eager).toBe(4 * 12);
  });

  it('forgets a connection that is closed', () => {
    const { turns, camera, resumed } = started();
    jest.advanceTimersByTime(21_000);
    turns.readsOn(camera, 1400);
    turns.leave(camera);
    jest.advanceTimersByTime(LONGEST_TURN_MS);
    expect(resumed).toEqual([]);
  });
});
