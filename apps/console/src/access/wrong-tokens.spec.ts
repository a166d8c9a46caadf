import { networkOf, WrongTokens } from './wrong-tokens';

describe('wrong tokens', () => {
  let nowMs: number;
  let wrong: WrongTokens;
  let nth: number;
  beforeEach(() => {
    [nowMs, nth] = [1_000_000, 0];
    wrong = new WrongTokens({ monotonicMs: () => nowMs });
  });
  const guess = (address: string): number => {
    wrong.count(address, `guess ${nth++}`);
    return wrong.waitMs(address);
  };

  it('cost an address nothing four times, then a second, and each time twice as much, up to five minutes', () => {
    expect(Array.from({ length: 6 }, () => guess('10.0.0.7'))).toEqual([0, 0, 0, 0, 1000, 2000]);
    nowMs += 1999;
    expect(wrong.waitMs('10.0.0.7')).toBe(1);
    nowMs += 1;
    expect(wrong.waitMs('10.0.0.7')).toBe(0);
    expect(Array.from({ length: 8 }, () => guess('10.0.0.7')).at(-1)).toBe(300_000);
    expect(wrong.waitMs('10.0.0.8')).toBe(0);
  });

  it('are forgotten after an hour of quiet', () => {
    for (let i = 0; i < 9; i++) guess('10.0.0.7');
    nowMs += 3_600_000;
    expect(guess('10.0.0.7')).toBe(0);
  });

  it('do not count again where a program repeats the one that it knows', () => {
    expect(wrong.count('10.0.0.7', 'old token')).toBe(true);
    for (let i = 0; i < 100; i++) expect(wrong.count('10.0.0.7', 'old token')).toBe(false);
    expect(wrong.waitMs('10.0.0.7')).toBe(0);
  });

  it('of very many addresses leave each one try, and nobody without a try', () => {
    for (let i = 0; i < 60; i++) guess(`10.0.${i}.1`);
    expect(wrong.waitMs('10.9.9.9')).toBe(0);
    expect(guess('10.9.9.9')).toBe(30_000);
    expect(wrong.waitMs('10.9.9.8')).toBe(0);
    nowMs += 1_300_000; // all forgotten
    expect(guess('10.9.9.8')).toBe(0);
  });

  it('of 500 addresses that never rest come to little in an hour', () => {
    let heard = 0;
    for (let second = 0; second < 3600; second += 10, nowMs += 10_000) {
      for (let i = 0; i < 500; i++) {
        const address = `10.0.${i >> 8}.${i & 255}`;
        if (wrong.waitMs(address) > 0) continue;
        guess(address);
        heard++;
      }
    }
    expect(heard / 500).toBeLessThan(16);
  });

  it('are remembered of 10,000 addresses at most', () => {
    for (let i = 0; i < 50_000; i++) guess(`11.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(wrong.addresses).toBe(10_000);
    expect([wrong.waitMs('11.0.0.0'), wrong.waitMs(`11.0.${(49_999 >> 8) & 255}.${49_999 & 255}`)]).toEqual([
      0, 30_000,
    ]);
  });

  it('count for the whole of an IPv6 network, which one machine has', () => {
    expect(
      ['10.0.0.7', '2001:db8::1', '2001:db8:0:0:ffff::1', '2001:db8:1:2:3:4:5:6', '::1', 'fe80::1%eth0', 'unknown'].map(
        networkOf,
      ),
    ).toEqual([
      ...[
        '10.0.0.7',
        '2001:db8:0:0::/64',
        '2001:db8:0:0::/64',
        '2001:db8:1:2::/64',
        '0:0:0:0::/64',
        'fe80::1%eth0',
        'unknown',
      ],
    ]);
  });
});
