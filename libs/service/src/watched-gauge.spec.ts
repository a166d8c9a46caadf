import { Registry } from './metrics';
import { watchedGauge } from './watched-gauge';

describe('a gauge of what another service says', () => {
  const gaugeOf = async (look: () => Promise<{ labels: { state: string }; value: number }[]>): Promise<Registry> => {
    const registry = new Registry();
    const shutdown = { register: (_phase: string, _name: string, end: () => Promise<void> | void) => ends.push(end) };
    watchedGauge(registry, shutdown, { name: 'jobs', help: 'Jobs.', labelNames: ['state'], everyMs: 60_000, look });
    await Promise.resolve();
    return registry;
  };
  const ends: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  it('shows the last answer at every scrape, and asks for none', async () => {
    let asked = 0;
    const registry = await gaugeOf(() => {
      asked += 1;
      return Promise.resolve([{ labels: { state: 'waiting' }, value: 3 }]);
    });
    for (let scrapes = 0; scrapes < 3; scrapes++) expect(await registry.metrics()).toContain('jobs{state="waiting"} 3');
    expect(asked).toBe(1);
  });

  it('shows nothing where there is no answer, and a scrape does not wait for one', async () => {
    const registry = await gaugeOf(() => new Promise(() => undefined));
    expect(await registry.metrics()).not.toContain('jobs{');
    const refused = await gaugeOf(() => Promise.reject(new Error('away')));
    expect(await refused.metrics()).not.toContain('jobs{');
  });
});
