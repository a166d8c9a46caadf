import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/** Each process has one registry. It is no global state, so that tests hold as many as they like. */
export function createRegistry(): Registry {
  const registry = new Registry();
  // By default it samples the event loop 100 times a second. That costs an idle worker more than recording a camera.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 200 });
  return registry;
}
