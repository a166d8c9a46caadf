/** Makes the file of an export: the bytes that `clip.mp4` of the console would have, of a longer range. */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  bytesText,
  confinedPath,
  errorCode,
  joinNames,
  replaceFile,
  syncToDisk,
  toSeconds,
  type Clock,
} from '@vr/base';
import { ContractError, EXPORTS_FOLDER, exportRecord, type ExportJob, type ExportRecord } from '@vr/contracts';
import { clipBytes, layOutClip, readClipRange, type ClipLayout, type Gap } from '@vr/footage';
import { BoxError } from '@vr/mp4';
import { budgetBytes, overHighMark, readSpace } from '@vr/retention';
import { CLOCK, CONFIG } from '@vr/service';
import type { ClipperConfig } from '../config';

const READ_BYTES = 1 << 20;
/** Footage may go between its finding and its reading. */
const TRIES = 3;
const BYTES_PER_GB = 1e9;
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export interface ExportRun {
  /** Throws where the export is to end now. */
  check(): void;
  progress(percent: number): void;
}

type ExportConfig = Pick<
  ClipperConfig,
  'CLIPS_DIR' | 'RECORDINGS_DIR' | 'EXPORTS_MAX_GB' | 'DISK_HIGH_PERCENT' | 'DISK_MIN_FREE_GB'
>;

@Injectable()
export class ExportMaker {
  constructor(
    @Inject(CONFIG) private readonly config: ExportConfig,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** Resolves when the file and its record are durable. A kill leaves a file that the next run writes anew. */
  async make(job: ExportJob, run: ExportRun): Promise<ExportRecord> {
    const folder = await confinedPath(this.config.CLIPS_DIR, EXPORTS_FOLDER);
    await mkdir(folder, { recursive: true });
    const temporary = joinNames(folder, `.${job.exportId}.mp4`);
    for (let attempt = 1; ; attempt++) {
      await rm(temporary, { force: true });
      try {
        const { layout, gaps } = await this.layOut(job, attempt);
        await this.checkRoom(folder, layout.facts.sizeBytes);
        await write(layout, temporary, run);
        await rename(temporary, joinNames(folder, `${job.exportId}.mp4`));
        await syncToDisk(folder);
        return await this.keepRecord(folder, job, layout, gaps);
      } catch (error) {
        await rm(temporary, { force: true });
        if (NO_SPACE.has(errorCode(error) ?? ''))
          throw new ContractError('storage_unavailable', `the disk of CLIPS_DIR took no more: make room`, {
            cause: error,
          });
        const isGone = errorCode(error) === 'ENOENT' || error instanceof BoxError;
        if (!isGone || attempt >= TRIES) throw error;
      }
    }
  }

  private async layOut(job: ExportJob, attempt: number): Promise<{ layout: ClipLayout; gaps: Gap[] }> {
    const { cameraId, startMs } = job;
    const endMs = Math.min(job.endMs, this.clock.nowMs());
    const by = attempt === 1 ? 'index' : 'headers';
    const { pieces, gaps } = await readClipRange(this.config.RECORDINGS_DIR, cameraId, startMs, endMs, by);
    if (pieces.length === 0)
      throw new ContractError('no_footage', `camera ${cameraId} has no footage of the wanted time, or not any more`);
    const instant = (ms: number): string => new Date(ms).toISOString();
    const title = `${cameraId} ${instant(startMs)} to ${instant(endMs)}`;
    const comment = gaps.length === 0 ? 'no gaps' : `${gaps.length} gaps`;
    return { layout: await layOutClip(pieces, startMs, endMs, { title, artist: cameraId, comment }), gaps };
  }

  /** Exports give way to everything else: what would take a disk above its high mark is refused. */
  private async checkRoom(folder: string, sizeBytes: number): Promise<void> {
    const { EXPORTS_MAX_GB, DISK_HIGH_PERCENT, DISK_MIN_FREE_GB } = this.config;
    const space = await readSpace(folder);
    const mostBytes = budgetBytes(EXPORTS_MAX_GB, space);
    const usedBytes = await bytesIn(folder);
    if (mostBytes !== undefined && usedBytes + sizeBytes > mostBytes)
      throw noRoom(sizeBytes, `exports take ${bytesText(usedBytes)} of their ${bytesText(mostBytes)} (EXPORTS_MAX_GB)`);
    if (!space) return;
    const after = { usedBytes: space.usedBytes + sizeBytes, freeBytes: space.freeBytes - sizeBytes };
    const marks = { highPercent: DISK_HIGH_PERCENT, minFreeBytes: DISK_MIN_FREE_GB * BYTES_PER_GB };
    if (overHighMark(after, marks) > 0)
      throw noRoom(
        sizeBytes,
        `the disk has ${bytesText(space.freeBytes)} free, and what is above its mark is for recording`,
      );
  }

  private async keepRecord(folder: string, job: ExportJob, layout: ClipLayout, gaps: Gap[]): Promise<ExportRecord> {
    const { sizeBytes, codec, width, height } = layout.facts;
    const record = exportRecord.parse({
      export_id: job.exportId,
      camera_id: job.cameraId,
      start: toSeconds(job.startMs),
      end: toSeconds(job.endMs),
      created_at: toSeconds(this.clock.nowMs()),
      size_bytes: sizeBytes,
      ...{ codec, width, height },
      partial: gaps.length > 0 || layout.facts.endMs < job.endMs - 1000,
      gaps: gaps.map(({ startMs, endMs, reason }) => ({ start: toSeconds(startMs), end: toSeconds(endMs), reason })),
    });
    const temporaryName = `.${job.exportId}.json`;
    await replaceFile(joinNames(folder, `${job.exportId}.json`), JSON.stringify(record), {
      temporaryName,
      isDurable: true,
    });
    return record;
  }
}

async function write(layout: ClipLayout, path: string, run: ExportRun): Promise<void> {
  const target = await open(path, 'wx');
  let written = 0;
  try {
    for await (const bytes of clipBytes(layout, { buffer: Buffer.allocUnsafe(READ_BYTES) })) {
      run.check();
      await target.writeFile(bytes);
      written += bytes.length;
      run.progress(Math.floor((100 * written) / layout.facts.sizeBytes));
    }
    run.check();
    await target.sync();
  } finally {
    await target.close();
  }
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map((name) =>
      stat(joinNames(folder, name)).then(
        ({ size }) => size,
        () => 0, // it went meanwhile
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function noRoom(sizeBytes: number, why: string): ContractError {
  return new ContractError('storage_unavailable', `there is no room for an export of ${bytesText(sizeBytes)}: ${why}`);
}
