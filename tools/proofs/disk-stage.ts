// What proof `disk` runs in a mount namespace of its own: mounts the disk, records until the time is over, judges.
// Exits with 1 where something was wrong.
import { mkdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runToEnd, spawnWorker, startCamera, startNats, temporaryFolder, until, type WorkerProcess } from '@vr/testing';
import { z } from 'zod';
import type { SmallDisk } from './disk';
import { faultsOf, segmentsIn, type DiskWatch } from './disk-verdict';

const HIGH_PERCENT = 90;
const LOOK_EVERY_MS = 100;
const ASK_EVERY_MS = 1000;
const RECORDS_WITHIN_MS = 60_000;
const Given: z.ZodType<SmallDisk> = z.object({
  seconds: z.number(),
  megabytes: z.number(),
  cameras: z.number(),
  size: z.string(),
  segmentSeconds: z.number(),
});

interface Sample {
  labels: string;
  value: number;
}

async function fill(given: SmallDisk): Promise<string[]> {
  const folder = await temporaryFolder('soak-disk');
  const disk = join(folder.path, 'disk');
  const [recordings, audit] = [join(disk, 'recordings'), join(folder.path, 'audit')];
  mkdirSync(disk);
  await runToEnd('mount', ['-t', 'tmpfs', '-o', `size=${given.megabytes}m`, 'tmpfs', disk]);
  const ends: (() => Promise<unknown>)[] = [() => runToEnd('umount', [disk]), () => folder.remove()];
  try {
    const numbers = Array.from({ length: given.cameras }, (_, i) => i + 1);
    const simulator = await startCamera({ cameras: numbers, auth: 'none', gopSeconds: 1, size: given.size });
    ends.unshift(() => simulator.stop());
    const nats = await startNats({ jetstream: false });
    ends.unshift(() => nats.stop());
    const environment = {
      LOG_LEVEL: 'warn',
      NATS_URL: nats.url,
      RECORDINGS_DIR: recordings,
      CLIPS_DIR: join(disk, 'clips'),
      SNAPSHOTS_DIR: join(disk, 'snapshots'),
      OBJECTS_DIR: join(folder.path, 'objects'),
      AUDIT_DIR: audit,
      SEGMENT_SECONDS: `${given.segmentSeconds}`,
      DISK_HIGH_PERCENT: `${HIGH_PERCENT}`,
      ...Object.fromEntries(numbers.map((number) => [`CAMERA_C${number}_URL`, simulator.url(number)])),
    };
    const recorder = await spawnWorker('recorder', environment);
    ends.unshift(() => recorder.stop());
    const janitor = await spawnWorker('janitor', environment);
    ends.unshift(() => janitor.stop());
    await untilAllRecord(recorder, given.cameras);
    const watched = await watchDisk(given, { disk, recordings, recorder });
    return faultsOf(given, watched, { recordings, audit });
  } finally {
    for (const end of ends) await end();
  }
}

async function watchDisk(
  { seconds }: SmallDisk,
  { disk, recordings, recorder }: { disk: string; recordings: string; recorder: WorkerProcess },
): Promise<DiskWatch> {
  const startedMs = Date.now();
  const sinceStartMs = (): number => Date.now() - startedMs;
  const restartsBefore = await restartsOf(recorder);
  const { totalBytes } = used(disk);
  const highBytes = (totalBytes * HIGH_PERCENT) / 100;
  const watched: DiskWatch = {
    totalBytes,
    highBytes,
    mostBytes: 0,
    largestSegmentBytes: 0,
    silentMs: 0,
    fullAfterMs: undefined,
    lost: new Set(),
    hasReconnected: false,
  };
  let askedMs = -Infinity;
  while (sinceStartMs() < seconds * 1000) {
    const { usedBytes } = used(disk);
    watched.mostBytes = Math.max(watched.mostBytes, usedBytes);
    if (usedBytes >= highBytes) watched.fullAfterMs ??= sinceStartMs();
    if (sinceStartMs() - askedMs > ASK_EVERY_MS) {
      askedMs = sinceStartMs();
      for (const { path } of [...segmentsIn(recordings).values()].flat())
        watched.largestSegmentBytes = Math.max(watched.largestSegmentBytes, sizeOf(path));
      for (const { value } of await metric(recorder, 'recorder_last_fragment_timestamp_seconds'))
        watched.silentMs = Math.max(watched.silentMs, Date.now() - value * 1000);
      for (const { labels, value } of await metric(recorder, 'recorder_camera_state'))
        if (value === 1 && !labels.includes('state="recording"'))
          watched.lost.add(`a camera was not recording after ${Math.round(sinceStartMs() / 1000)} s: ${labels}`);
    }
    await wait(LOOK_EVERY_MS);
  }
  watched.hasReconnected = (await restartsOf(recorder)) !== restartsBefore;
  return watched;
}

function used(disk: string): { usedBytes: number; totalBytes: number } {
  const { blocks, bfree, bsize } = statfsSync(disk);
  return { usedBytes: (blocks - bfree) * bsize, totalBytes: blocks * bsize };
}

/** 0 where the janitor has deleted it meanwhile. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function metric({ httpUrl }: WorkerProcess, name: string): Promise<Sample[]> {
  const text = await fetch(`${httpUrl}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );
  return Array.from(text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm')), ([, labels, value]) => ({
    labels: labels ?? '',
    value: Number(value),
  }));
}

async function restartsOf(recorder: WorkerProcess): Promise<number> {
  return (await metric(recorder, 'recorder_restarts_total')).reduce((sum, { value }) => sum + value, 0);
}

async function untilAllRecord(recorder: WorkerProcess, cameras: number): Promise<void> {
  await until(
    async () => {
      const states = await metric(recorder, 'recorder_camera_state');
      const recording = states.filter(({ labels, value }) => labels.includes('state="recording"') && value === 1);
      return recording.length === cameras;
    },
    { what: 'the recorder to record all cameras', deadlineMs: RECORDS_WITHIN_MS },
  );
}

setInterval(() => undefined, 60_000); // the processes of libs/testing alone do not keep ours alive
fill(Given.parse(JSON.parse(process.argv[2] ?? ''))).then(
  (faults) => {
    for (const fault of faults) console.log(`FAULT: ${fault}`);
    process.exit(faults.length > 0 ? 1 : 0);
  },
  (error: unknown) => {
    console.log(`FAULT: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(1);
  },
);
