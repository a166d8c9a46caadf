import { toSeconds, utcDay } from './time';

describe('what goes out', () => {
  it('writes seconds with milliseconds as fractions', () => {
    expect(toSeconds(1732723200123)).toBe(1732723200.123);
  });

  it('names days in UTC', () => {
    expect(utcDay(Date.UTC(2026, 10, 23, 23, 59, 59, 999))).toBe('2026-11-23');
  });
});
