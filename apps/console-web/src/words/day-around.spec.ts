import { dayAround } from './day-around';

describe('a day of the browser', () => {
  it('goes from midnight to midnight', () => {
    expect(dayAround('2026-11-28')).toEqual({
      start: new Date(2026, 10, 28).getTime() / 1000,
      end: new Date(2026, 10, 29).getTime() / 1000,
    });
  });

  it('ends with its month and its year', () => {
    expect(dayAround('2026-12-31')?.end).toBe(new Date(2027, 0, 1).getTime() / 1000);
  });

  it.each(['', 'yesterday', '2026-11', '28.11.2026'])('%j is none', (text) => {
    expect(dayAround(text)).toBeUndefined();
  });
});
