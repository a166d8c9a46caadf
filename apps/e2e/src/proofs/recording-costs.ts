// What recording costs while it runs: processor time in a window, memory, bytes written.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  cpuMs,
  cpuSplitMs,
  machineTime,
  memoryOf,
  writtenBy,
  type BareRecorder,
  type Memory,
  type WorkerProcess,
  type Written,
} from '@vr/testing';
import { sum } from './figures';
import { mediaBytesOf } from './media-bytes';
import type { Rig } from './rig';

/**
 * By then a fragment that was under way when the cameras fell silent is on the disk. The watchdog has not ended the run
 * yet.
 */
const SILENT_MS = 3000;
export interface Costs {
  nodeMs: number;
  childrenMs: number;
  bareMs: number;
}

export interface Memories {
  node: Memory;
  children: Memory[];
  bare: Memory[];
}

export interface Bytes {
  written: Written;
  mediaBytes: number;
}

/** What reads the cameras: our own RTSP client, or an ffmpeg for each. */
export type Source = 'native' | 'ffmpeg';

export interface CountResult extends Bytes {
  cameras: number;
  source: Source;
  windowMs: number;
  windows: Costs[];
  memory: Memories;
  /** of all processors, over the windows */
  idleShares: number[];
  /** of the recorder process's CPU, the part spent in the kernel: reads from pipes, writes to files */
  systemShares: number[];
}

export interface Ours {
  recorder: WorkerProcess;
  children: number[];
}

export interface Window {
  costs: Costs;
  idleShare: number;
  systemShare: number;
}

export async function watch(windowMs: number, ours: Ours | undefined, bare: readonly BareRecorder[]): Promise<Window> {
  const read = async () => ({
    machine: await machineTime(),
    split: ours && (await cpuSplitMs(ours.recorder.pid)),
    costs: await spent(ours, bare),
  });
  const before = await read();
  await wait(windowMs);
  const after = await read();
  const costs = { nodeMs: 0, childrenMs: 0, bareMs: 0 };
  for (const part of ['nodeMs', 'childrenMs', 'bareMs'] as const) costs[part] = after.costs[part] - before.costs[part];
  const [userMs, systemMs] = (['userMs', 'systemMs'] as const).map(
    (part) => (after.split?.[part] ?? 0) - (before.split?.[part] ?? 0),
  );
  return {
    costs,
    idleShare: (after.machine.idle - before.machine.idle) / (after.machine.total - before.machine.total),
    systemShare: (systemMs ?? 0) / ((userMs ?? 0) + (systemMs ?? 0)),
  };
}

async function spent(ours: Ours | undefined, bare: readonly BareRecorder[]): Promise<Costs> {
  const total = async (pids: readonly number[]): Promise<number> => sum(await Promise.all(pids.map(cpuMs)));
  const [nodeMs, childrenMs, bareMs] = await Promise.all([
    total(ours ? [ours.recorder.pid] : []),
    total(ours?.children ?? []),
    total(bare.map(({ pid }) => pid)),
  ]);
  return { nodeMs, childrenMs, bareMs };
}

export async function memoryOfOurs({ recorder, children }: Ours): Promise<Omit<Memories, 'bare'>> {
  return { node: await memoryOf(recorder.pid), children: await Promise.all(children.map(memoryOf)) };
}

export function memoryOfBare(bare: readonly BareRecorder[]): Promise<Memory[]> {
  return Promise.all(bare.map(({ pid }) => memoryOf(pid)));
}

/**
 * Counts from the recorder's first byte on, while the cameras are silent. What was written and what stands on the disk
 * then agree.
 */
export async function bytesAtRest(rig: Rig, recorder: WorkerProcess): Promise<Bytes> {
  await Promise.all(rig.simulators.map((simulator) => simulator.stall()));
  await wait(SILENT_MS);
  const written = await writtenBy(recorder.pid);
  const files = (await readdir(rig.recordingsDir, { recursive: true })).filter((name) => name.endsWith('.mp4'));
  const media = await Promise.all(files.map((name) => mediaBytesOf(join(rig.recordingsDir, name))));
  await Promise.all(rig.simulators.map((simulator) => simulator.resume()));
  return { written, mediaBytes: sum(media.map(({ mediaBytes }) => mediaBytes)) };
}
