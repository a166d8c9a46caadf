// Bytes of real RTSP sessions, changed at random, into everything that reads a camera.
import { seededRandom, startCamera } from '@vr/testing';
import { fitLine } from '../../apps/e2e/src/proofs/figures';
import type { Report } from '../../apps/e2e/src/proofs/report';
import { AllReaders } from '../../libs/rtsp/src/testing/all-readers';
import { Mutations } from '../../libs/rtsp/src/testing/mutations';
import { realSessions } from '../../libs/rtsp/src/testing/real-sessions';

const MOST_MS = 50;
const READINGS = 20;
const MOST_GROWTH_MB = 10;

export async function proveRtspBytes(o: { count: number; seed: number }, report: Report): Promise<void> {
  const mutations = new Mutations(await realSessions(startCamera), seededRandom(o.seed));
  const total = { messages: 0, packets: 0, pictures: 0, reports: 0, faults: 0 };
  const memory: { x: number; y: number }[] = [];
  let longestMs = 0;
  let crashes = 0;
  for (let i = 0; i < o.count; i++) {
    const bytes = mutations.next();
    const readers = new AllReaders();
    const beganMs = process.cpuUsage();
    try {
      readers.push(bytes);
    } catch (error) {
      crashes++;
      report.say(`case ${i}: ${String(error)}; bytes ${bytes.toString('base64')}`);
    }
    const { user, system } = process.cpuUsage(beganMs);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    for (const name of ['messages', 'packets', 'pictures', 'reports', 'faults'] as const)
      total[name] += readers.counts[name];
    if (i % Math.ceil(o.count / READINGS) === 0) {
      globalThis.gc?.();
      memory.push({ x: i / o.count, y: process.memoryUsage().rss / 1e6 });
    }
  }
  report.table(
    ['cases', 'messages read', 'packets', 'pictures', 'reports', 'faults told', 'longest, ms of CPU'],
    [[o.count, total.messages, total.packets, total.pictures, total.reports, total.faults, longestMs.toFixed(1)]],
  );
  // The first readings are of a process that still grows to its size.
  const growthMb = fitLine(memory.slice(READINGS / 4)).slope;
  report.aim('no crash', crashes, crashes === 0);
  report.aim(`no case takes more than ${MOST_MS} ms`, longestMs.toFixed(1), longestMs <= MOST_MS);
  report.aim(`memory grows by at most ${MOST_GROWTH_MB} MB`, growthMb.toFixed(1), growthMb <= MOST_GROWTH_MB);
}
