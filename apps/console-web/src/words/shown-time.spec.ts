import { shownTime } from './shown-time';

describe('a shown time', () => {
  it('has its zone, in which the hour that exists twice differs', () => {
    const firstSeconds = Date.UTC(2026, 9, 25, 0, 30) / 1000;
    const [first, second] = [firstSeconds, firstSeconds + 3600].map((s) => shownTime(s, 'en', 'Europe/Berlin'));
    expect([first, second]).toEqual([expect.stringContaining('02:30:00'), expect.stringContaining('02:30:00')]);
    expect([first, second]).toEqual([expect.stringContaining('GMT+2'), expect.stringContaining('GMT+1')]);
  });

  it('is in the language of the page', () => {
    const seconds = Date.UTC(2026, 10, 28, 5, 15) / 1000;
    expect(shownTime(seconds, 'pt-BR', 'America/Sao_Paulo')).toMatch(/nov.*02:15:00 BRT|nov.*02:15:00 GMT-3/);
  });
});
