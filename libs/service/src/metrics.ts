import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BUILD_VERSION } from './build-version';

export { Counter, Gauge, Histogram, Registry };

/** Each process has one registry. It is no global state, so that tests hold as many as they like. */
export function createRegistry(worker = 'worker', nodeId = 'node1'): Registry {
  const registry = new Registry();
  // By default it samples the event loop 100 times a second. That costs an idle worker more than recording a camera.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 200 });
  new Gauge({
    name: 'video_recorder_build_info',
    help: '1: what runs here.',
    labelNames: ['worker', 'version', 'node_version', 'node_id'],
    registers: [registry],
  }).set({ worker, version: BUILD_VERSION, node_version: process.version, node_id: nodeId }, 1);
  return registry;
}

/**
 * Shows a counter as 0 for labels of which nothing was counted yet. Prometheus sees a rise only between two values, so
 * without this nobody would see the first count.
 */
export function fromZero<T extends string>(
  counter: Pick<Counter<T>, 'inc'>,
  labels: readonly Partial<Record<T, string | number>>[],
): void {
  for (const each of labels) counter.inc(each, 0);
}
