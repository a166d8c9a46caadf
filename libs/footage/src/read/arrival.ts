/** Waits for footage by watching it arrive. */
import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@vr/base';
import type { CameraState } from '@vr/contracts';
import { readCameraState } from '../files/camera-state';
import { dayFolder } from '../files/names';
import { footageEnd } from './range';

export interface WaitForFootage {
  recordingsDir: string;
  cameraId: string;
  /** Waits for footage up to this instant. */
  untilMs: number;
  /** Nothing more can come once the instant has passed and the footage did not grow for this long. */
  graceMs: number;
  clock: Clock;
  signal?: AbortSignal;
}

/** Media reaches the disk up to this long after its instant: the length of a fragment, and what ffmpeg holds back. */
const LATENCY_MS = 2500;
/** It looks for growth in footage that is at most this much older than what is wanted. */
const RECENT_MS = 600_000;
/** Nothing announces a folder that does not exist yet, and network folders may announce nothing. */
const LOOK_EVERY_MS = 1000;
/** The recorder ends the run and closes its segment before it reports one of these. */
const DOWN: ReadonlySet<CameraState> = new Set(['stalled', 'offline', 'disk_full', 'unsupported_codec', 'disabled']);

/** `covered`: the footage reaches `untilMs`. `no_more`: it does not, and nothing more of that time can come. */
export async function waitForFootage(o: WaitForFootage): Promise<'covered' | 'no_more'> {
  const growth = new GrowthWatch();
  try {
    let lastEndMs = -Infinity;
    let grewAtMs = o.clock.monotonicMs();
    for (;;) {
      o.signal?.throwIfAborted();
      // It watches before it looks, so it misses nothing that comes in between.
      const changed = growth.follow(
        o.recordingsDir,
        join(o.recordingsDir, o.cameraId),
        dayFolder(o.recordingsDir, o.cameraId, o.clock.nowMs()),
      );
      const endMs = await footageEnd(o.recordingsDir, o.cameraId, Math.min(o.untilMs - 1, o.clock.nowMs() - RECENT_MS));
      if (endMs >= o.untilMs) return 'covered';
      if (endMs > lastEndMs) {
        lastEndMs = endMs;
        grewAtMs = o.clock.monotonicMs();
      }
      const possibleInMs = o.untilMs + LATENCY_MS - o.clock.nowMs();
      const graceLeftMs = grewAtMs + o.graceMs - o.clock.monotonicMs();
      if (possibleInMs <= 0 && (graceLeftMs <= 0 || (await isDown(o)))) return 'no_more';
      const decidedInMs = possibleInMs > 0 ? possibleInMs : graceLeftMs;
      await changed(Math.min(decidedInMs, LOOK_EVERY_MS), o.signal);
    }
  } finally {
    growth.close();
  }
}

/** Whether the camera is down and nothing is on its way. Footage that it sends later is of a later time. */
async function isDown({ recordingsDir, cameraId }: WaitForFootage): Promise<boolean> {
  const status = await readCameraState(recordingsDir, cameraId);
  return status !== undefined && DOWN.has(status.state);
}

/** Waits for changes in folders. */
class GrowthWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private changedSince = false;
  private wake: (() => void) | undefined;

  /**
   * Watches exactly these folders from now on, as far as they exist. Returns a function that waits for the next change
   * after this call, or for the time to pass.
   */
  follow(...folders: string[]): (atMostMs: number, signal?: AbortSignal) => Promise<void> {
    for (const [folder, watcher] of this.watchers) {
      if (folders.includes(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of folders) if (!this.watchers.has(folder)) this.watch(folder);
    this.changedSince = false;
    return (atMostMs, signal) => this.next(atMostMs, signal);
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private watch(folder: string): void {
    try {
      const watcher = watch(folder, () => this.changed());
      watcher.on('error', () => {
        watcher.close();
        this.watchers.delete(folder);
        this.changed();
      });
      this.watchers.set(folder, watcher);
    } catch {
      // The folder does not exist yet, or the system has no more watches: we look every second.
    }
  }

  private changed(): void {
    this.changedSince = true;
    this.wake?.();
  }

  private next(atMostMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, atMostMs));
      signal?.addEventListener('abort', done);
      this.wake = done;
      if (this.changedSince || signal?.aborted) done();
    });
  }
}
