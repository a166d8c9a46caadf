import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/** One registry a process: no global state, so that tests hold as many as they like. */
export function createRegistry(): Registry {
  const registry = new Registry();
  // Its default samples the event loop 100 times a second, which would cost an idle worker more than recording a camera
  // does.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 200 });
  return registry;
}
