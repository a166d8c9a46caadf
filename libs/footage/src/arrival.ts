/** Waits for footage by watching it arrive. */
import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@vr/contracts';
import { dayFolder } from './names';
import { newestFragment } from './range';

export interface WaitForFootage {
  recordingsDir: string;
  cameraId: string;
  /** Footage up to this instant is wanted. */
  untilMs: number;
  /** Without any growth for this long, once the instant has passed, nothing more can come. */
  graceMs: number;
  clock: Clock;
  signal?: AbortSignal;
}

/** Media reaches the disk up to this long after its instant: a fragment's length and what ffmpeg holds back. */
const LATENCY_MS = 2500;
/** A long read: at most every so often while the folder changes. */
const CHECK_EVERY_MS = 200;

/** `covered`: the newest footage reaches `untilMs`. `no_more`: it does not, and nothing more of that time can come. */
export async function waitForFootage(o: WaitForFootage): Promise<'covered' | 'no_more'> {
  const growth = new GrowthWatch();
  try {
    let lastEndMs = -Infinity;
    let grewAtMs = o.clock.monotonicMs();
    for (;;) {
      o.signal?.throwIfAborted();
      const changed = await growth.follow(join(o.recordingsDir, o.cameraId), dayFolder(o.recordingsDir, o.cameraId, o.clock.nowMs()));
      const endMs = (await newestFragment(o.recordingsDir, o.cameraId))?.piece.endMs ?? -Infinity;
      if (endMs >= o.untilMs) return 'covered';
      if (endMs > lastEndMs) {
        lastEndMs = endMs;
        grewAtMs = o.clock.monotonicMs();
      }
      const possibleInMs = o.untilMs + LATENCY_MS - o.clock.nowMs();
      const graceLeftMs = grewAtMs + o.graceMs - o.clock.monotonicMs();
      if (possibleInMs <= 0 && graceLeftMs <= 0) return 'no_more';
      await changed(Math.max(possibleInMs, graceLeftMs, CHECK_EVERY_MS), o.signal);
    }
  } finally {
    growth.close();
  }
}

/** Tells of changes in the camera's folder and in the folder of the day. */
class GrowthWatch {
  private watchers = new Map<string, FSWatcher>();
  private changedSince = false;
  private wake: (() => void) | undefined;

  /** Watches just these folders from now on; returns a wait for the next change after this call, or for the time to pass. */
  async follow(...folders: string[]): Promise<(atMostMs: number, signal?: AbortSignal) => Promise<void>> {
    for (const [folder, watcher] of this.watchers) {
      if (folders.includes(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.watchers.has(folder)) continue;
      await mkdir(folder, { recursive: true });
      const watcher = watch(folder, () => this.changed());
      watcher.on('error', () => this.changed());
      this.watchers.set(folder, watcher);
    }
    this.changedSince = false;
    return (atMostMs, signal) => this.next(atMostMs, signal);
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
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
      const timer = setTimeout(done, atMostMs);
      signal?.addEventListener('abort', done);
      this.wake = done;
      if (this.changedSince) done();
    });
  }
}
