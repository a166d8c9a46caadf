// The segments of a day roll in minutes. What grows with every segment shows as a slope.
import { setTimeout as wait } from 'node:timers/promises';
import { childrenOf, memoryOf, openDescriptors, type WorkerProcess } from '@vr/testing';
import { fitLine, mean, sum } from './figures';
import type { Report } from './report';
import { readMetrics, startRig, untilAllRecord } from './rig';

export interface SoakOptions {
  minutes: number;
}

const CAMERAS = 4;
const SEGMENT_SECONDS = 5;
const READ_EVERY_MS = 2000;
/** This share of the whole time warms up: caches fill, code is compiled, the collector finds its size. */
const WARM_UP_SHARE = 0.2;
/**
 * The recorder adds the interval of the measurement to every reading of its event loop's delay
 * (libs/service/src/metrics.ts).
 */
const LOOP_INTERVAL_MS = 200;

interface Reading {
  minutes: number;
  descriptors: number;
  residentMb: number;
  childrenMb: number;
  loopMeanMs: number;
  loopMostMs: number;
}

interface Aim {
  of: keyof Omit<Reading, 'minutes'>;
  name: string;
  /** How much the line through the readings may rise over the whole soak, from the readings' mean. */
  mostGrowth: (average: number) => number;
}

const AIMS: Aim[] = [
  { of: 'descriptors', name: 'file descriptors', mostGrowth: () => 1 },
  { of: 'residentMb', name: 'recorder resident, MB', mostGrowth: (average) => average * 0.05 },
  { of: 'childrenMb', name: 'its ffmpegs resident, MB', mostGrowth: (average) => average * 0.05 },
  { of: 'loopMeanMs', name: 'event loop delay, mean ms', mostGrowth: () => 5 },
  { of: 'loopMostMs', name: 'event loop delay, most ms', mostGrowth: () => 25 },
];

export async function proveSoak({ minutes }: SoakOptions, report: Report): Promise<void> {
  const rig = await startRig({
    cameras: CAMERAS,
    gopSeconds: 1,
    environment: { SEGMENT_SECONDS: `${SEGMENT_SECONDS}` },
  });
  try {
    const recorder = await rig.spawnRecorder();
    await recorder.waitLive();
    await untilAllRecord(recorder, CAMERAS);
    const readings: Reading[] = [];
    for (const startedAt = performance.now(); ; await wait(READ_EVERY_MS)) {
      const passed = (performance.now() - startedAt) / 60_000;
      if (passed > minutes) break;
      const reading = await read(recorder, passed); // also while warming up: it empties the histogram of the event loop
      if (passed >= minutes * WARM_UP_SHARE) readings.push(reading);
    }
    judge(readings, minutes * (1 - WARM_UP_SHARE), report);
    const restarts = [...(await readMetrics(recorder))].filter(([sample]) =>
      sample.startsWith('recorder_restarts_total{'),
    );
    report.aim('no camera was lost meanwhile', sum(restarts.map(([, count]) => count)), restarts.length === 0);
  } finally {
    await rig.stop();
  }
}

async function read(recorder: WorkerProcess, minutes: number): Promise<Reading> {
  const metrics = await readMetrics(recorder);
  const loop = (which: string): number =>
    (metrics.get(`nodejs_eventloop_lag_${which}_seconds`) ?? NaN) * 1000 - LOOP_INTERVAL_MS;
  const children = await Promise.all((await childrenOf(recorder.pid)).map(memoryOf));
  return {
    minutes,
    descriptors: await openDescriptors(recorder.pid),
    residentMb: (await memoryOf(recorder.pid)).residentBytes / 1e6,
    childrenMb: sum(children.map(({ residentBytes }) => residentBytes)) / 1e6,
    loopMeanMs: loop('mean'),
    loopMostMs: loop('max'),
  };
}

/**
 * The line's rise must not pass the limit. What chance alone may make of it (twice the standard error) is taken off
 * first.
 */
function judge(readings: readonly Reading[], minutes: number, report: Report): void {
  const results = AIMS.map(({ of, name, mostGrowth }) => {
    const values = readings.map((reading) => reading[of]);
    const { slope, standardError } = fitLine(readings.map((reading) => ({ x: reading.minutes, y: reading[of] })));
    return {
      name,
      values,
      average: mean(values),
      growth: slope * minutes,
      error: standardError * minutes,
      most: mostGrowth(mean(values)),
    };
  });
  report.table(
    [
      `${readings.length} readings over ${minutes.toFixed(1)} minutes`,
      'mean',
      'least',
      'most',
      'growth',
      '± standard error',
      'limit',
    ],
    results.map(({ name, values, average, growth, error, most }) => [
      name,
      ...[average, Math.min(...values), Math.max(...values), growth, error, most].map((value) => value.toFixed(2)),
    ]),
  );
  for (const { name, growth, error, most } of results) {
    report.aim(
      `${name}: flat (grows by at most ${most.toFixed(1)}, beyond two standard errors)`,
      growth.toFixed(2),
      growth - 2 * error <= most,
    );
  }
}
