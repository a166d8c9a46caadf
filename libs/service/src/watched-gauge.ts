import { Gauge, type Registry } from './metrics';
import type { Shutdown } from './shutdown';

interface WatchedGauge<T extends string> {
  name: string;
  help: string;
  labelNames: T[];
  everyMs: number;
  /** Rejects where there is no answer. */
  look: () => Promise<{ labels: Partial<Record<T, string>>; value: number }[]>;
}

/**
 * A gauge of what another service says. It asks from time to time by itself, so that a scrape asks nobody and waits for
 * nobody. It has no value while there is no answer.
 */
export function watchedGauge<T extends string>(
  registry: Registry,
  shutdown: Pick<Shutdown, 'register'>,
  { name, help, labelNames, everyMs, look }: WatchedGauge<T>,
): void {
  const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
  const update = async (): Promise<void> => {
    const readings = await look().catch(() => []);
    gauge.reset();
    for (const { labels, value } of readings) gauge.set(labels, value);
  };
  const timer = setInterval(() => void update(), everyMs).unref();
  shutdown.register('intake', `metric ${name}`, () => clearInterval(timer));
  void update();
}
