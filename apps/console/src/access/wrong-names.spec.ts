import { WrongNames } from './wrong-names';

describe('wrong passwords of one name', () => {
  let nowMs: number;
  let wrong: WrongNames;
  beforeEach(() => {
    nowMs = 1_000_000;
    wrong = new WrongNames({ monotonicMs: () => nowMs });
  });
  /** Each time from another address. */
  const guess = (name: string, times: number): number[] =>
    Array.from({ length: times }, () => {
      wrong.count(name);
      return wrong.waitMs(name, '10.0.0.7');
    });

  it('cost nothing nine times, then a second, and each time twice as much, up to half a minute', () => {
    expect(guess('ana', 9)).toEqual(Array<number>(9).fill(0));
    expect(guess('ana', 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(wrong.waitMs('ben', '10.0.0.7')).toBe(0);
    nowMs += 29_999;
    expect(wrong.waitMs('ana', '10.0.0.7')).toBe(1);
    nowMs += 1;
    expect(wrong.waitMs('ana', '10.0.0.7')).toBe(0);
  });

  it('never hold up an address that signed in by this name before, nor the others of its IPv6 network', () => {
    wrong.signedIn('ana', '10.0.0.8');
    wrong.signedIn('ana', '2001:db8::1');
    guess('ana', 30);
    expect(['10.0.0.8', '2001:db8::2', '10.0.0.9'].map((address) => wrong.waitMs('ana', address))).toEqual([
      0, 0, 30_000,
    ]);
    guess('ben', 30);
    expect(wrong.waitMs('ben', '10.0.0.8')).toBe(30_000);
  });

  it('are forgotten after an hour of quiet', () => {
    guess('ana', 30);
    nowMs += 3_600_000;
    expect(guess('ana', 1)).toEqual([0]);
  });

  it('are remembered of 10,000 names at most, and of each name 20 addresses', () => {
    for (let nth = 0; nth < 20_000; nth += 1) wrong.count(`name${nth}`);
    expect(wrong.names).toBe(10_000);
    for (let nth = 0; nth < 21; nth += 1) wrong.signedIn('ana', `10.0.1.${nth}`);
    guess('ana', 20);
    expect([wrong.waitMs('ana', '10.0.1.0'), wrong.waitMs('ana', '10.0.1.20')]).toEqual([30_000, 0]);
  });

  it('let a name be guessed some 130 times an hour, however many addresses guess', () => {
    let heard = 0;
    for (let second = 0; second < 3600; second += 1, nowMs += 1000) {
      for (let nth = 0; nth < 50; nth += 1) {
        if (wrong.waitMs('ana', `10.0.${second}.${nth}`) > 0) continue;
        wrong.count('ana');
        heard += 1;
      }
    }
    expect(heard).toBeLessThan(140);
  });
});
