import { Inject, Injectable } from '@nestjs/common';
import { confinedPath, DAY_MS, joinNames, listFolder, plainFile, type Clock } from '@vr/base';
import { exportedCamera, EXPORTS_FOLDER } from '@vr/contracts';
import type { Deletion } from '@vr/retention';
import { CLOCK, CONFIG } from '@vr/service';
import type { FilePlace } from '../catalogue/file-place';
import type { JanitorConfig } from '../config';
import { Executor } from '../retention/executor';

/** An export takes hours at most. What is half written for longer was left by a kill. */
const HALF_WRITTEN_MS = DAY_MS;

/** Exports are copies that somebody wanted to take away. They go EXPORT_DAYS after they were made. */
@Injectable()
export class OldExports {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'CLIPS_DIR' | 'EXPORT_DAYS'>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
    @Inject(Executor) private readonly executor: Pick<Executor, 'carryOut'>,
  ) {}

  /** The caller must know that the clock may be believed. */
  async remove(isOver: () => boolean): Promise<void> {
    const folder = await confinedPath(this.config.CLIPS_DIR, EXPORTS_FOLDER);
    const deletions = (await listFolder(folder)).sort().flatMap((name) => this.deletionOf(folder, name) ?? []);
    await this.executor.carryOut(deletions, {
      isHeld: () => false,
      isOver,
      beforeBatch: () => Promise.resolve(),
      why: () => `age: past ${this.config.EXPORT_DAYS} days`,
    });
  }

  private deletionOf(folder: string, name: string): Deletion<FilePlace> | undefined {
    const isHalf = name.startsWith('.');
    const cameraId = exportedCamera(name.replace(/^\./, '').replace(/\.(mp4|json)$/, ''));
    const found = cameraId === undefined ? undefined : plainFile(joinNames(folder, name));
    if (cameraId === undefined || !found) return undefined;
    const ageMs = this.clock.nowMs() - found.mtimeMs;
    if (ageMs <= (isHalf ? HALF_WRITTEN_MS : this.config.EXPORT_DAYS * DAY_MS)) return undefined;
    const madeMs = Math.round(found.mtimeMs);
    const what = { kind: 'export' as const, cameraId, startMs: madeMs, endMs: madeMs, sizeBytes: found.size };
    const worth = { onlyCopy: false, spareBytes: 0, spareObjectBytes: 0, wholeMayGo: true, byHand: true };
    const path = `${EXPORTS_FOLDER}/${name}`;
    const place = { tree: 'clips' as const, paths: [path], sparePaths: [], objectPaths: [] };
    const item = { ...what, ...worth, objectBytes: 0, agedFromMs: madeMs, place };
    return { ...what, reason: 'age', item, parts: 'all' };
  }
}
