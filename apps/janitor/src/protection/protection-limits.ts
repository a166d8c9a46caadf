import { Inject, Injectable } from '@nestjs/common';
import { bytesText, type Clock, DAY_MS } from '@vr/base';
import { ContractError, type ProtectedShare } from '@vr/contracts';
import { listSegments, segmentBytes } from '@vr/footage';
import {
  Intervals,
  protectedDays,
  protectedMostBytes,
  readSpace,
  segmentsOf,
  type CameraSpan,
  type Disk,
  type FootageDay,
  type Holds,
  type Span,
} from '@vr/retention';
import { CLOCK, CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';

type LimitsConfig = Pick<JanitorConfig, 'RECORDINGS_DIR' | 'PROTECT_MAX_DAYS' | 'PROTECT_MAX_PERCENT'>;

/** Each protection is a file that every pass reads. This bounds protections that differ by a moment only. */
const MOST_OF_A_CAMERA = 1000;

/**
 * Bounds what all protections together may hold: days of one camera, and a share of the disk. Without a bound, one
 * message of a hundred bytes keeps all footage for ever. Footage that is still to come counts as much as its camera
 * recorded in the last day. If the camera sends more later, the plan holds no more than this share
 * (libs/retention/src/protected-room.ts), so that recording goes on.
 */
@Injectable()
export class ProtectionLimits {
  constructor(
    @Inject(CONFIG) private readonly config: LimitsConfig,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /**
   * Throws `too_long`, `too_many_requests` or `storage_unavailable`, with the numbers.
   *
   * @param all every span in force, with the wanted one among them
   */
  async check(wanted: CameraSpan, all: readonly CameraSpan[]): Promise<void> {
    const { PROTECT_MAX_DAYS: mostDays, PROTECT_MAX_PERCENT: percent } = this.config;
    const days = lengthMs(all.filter(({ cameraId }) => cameraId === wanted.cameraId)) / DAY_MS;
    if (days > mostDays) {
      const message =
        `wanted protections of at most ${mostDays} days of camera ${wanted.cameraId} in all ` +
        `(PROTECT_MAX_DAYS), got ${shownAbove(mostDays, days)}; ask for less, or lift others`;
      throw new ContractError('too_long', message);
    }
    const count = all.filter(({ cameraId }) => cameraId === wanted.cameraId).length;
    if (count > MOST_OF_A_CAMERA) {
      throw new ContractError(
        'too_many_requests',
        `wanted at most ${MOST_OF_A_CAMERA} protections of camera ${wanted.cameraId}, and so many are in ` +
          'force; lift others, or protect a longer range',
      );
    }
    const space = await readSpace(this.config.RECORDINGS_DIR);
    if (!space) return; // the disk cannot be looked at
    const protectedBytes = await heldBytes(this.config.RECORDINGS_DIR, all);
    const comingBytes = await this.comingBytes(all);
    const mostBytes = protectedMostBytes(space, percent);
    if (protectedBytes + comingBytes <= mostBytes) return;
    const coming =
      comingBytes > 0
        ? ` and about ${bytesText(comingBytes)} that is still to come (as much a day as in the last one)`
        : '';
    const message =
      `protections would hold ${bytesText(protectedBytes)} of footage${coming}, and may hold ` +
      `${bytesText(mostBytes)} (PROTECT_MAX_PERCENT ${percent}); lift others, or copy the footage away`;
    throw new ContractError('storage_unavailable', message);
  }

  /** What the coming part of protected times will take. A camera without footage in the last day counts nothing. */
  private async comingBytes(all: readonly CameraSpan[]): Promise<number> {
    const nowMs = this.clock.nowMs();
    let bytes = 0;
    for (const cameraId of new Set(all.map((span) => span.cameraId))) {
      const coming = all
        .filter((span) => span.cameraId === cameraId && span.endMs > nowMs)
        .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, nowMs), endMs }));
      if (coming.length > 0)
        bytes += lengthMs(coming) * (await bytesPerMs(this.config.RECORDINGS_DIR, cameraId, nowMs));
    }
    return Math.ceil(bytes);
  }
}

/** The same share, from what a pass knows already. */
export function protectedShareOf(
  footage: readonly FootageDay[],
  holds: Pick<Holds, 'isProtected'>,
  disk: Disk,
  percent: number,
): ProtectedShare {
  let bytes = 0;
  for (const { cameraId, startMs, endMs, sizeBytes } of protectedDays(footage, holds).flatMap(segmentsOf))
    if (holds.isProtected(cameraId, startMs, endMs)) bytes += sizeBytes;
  // An open segment may still grow into a protected time.
  for (const { cameraId, open } of footage)
    for (const { startMs, sizeBytes } of open) if (holds.isProtected(cameraId, startMs, Infinity)) bytes += sizeBytes;
  return { protected_bytes: bytes, most_bytes: protectedMostBytes(disk, percent) };
}

/** The rate of the last day, while the camera recorded. */
async function bytesPerMs(recordingsDir: string, cameraId: string, nowMs: number): Promise<number> {
  let [bytes, recordedMs] = [0, 0];
  for (const segment of await listSegments(recordingsDir, cameraId, nowMs - DAY_MS, nowMs)) {
    const { startMs, endMs = nowMs } = segment;
    bytes += await segmentBytes(segment);
    recordedMs += Math.max(0, endMs - startMs);
  }
  return recordedMs === 0 ? 0 : bytes / recordedMs;
}

function lengthMs(spans: readonly Span[]): number {
  return new Intervals(spans).all.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

/** Whole segments are kept, so each segment that a span touches counts once, in full. */
async function heldBytes(recordingsDir: string, spans: readonly CameraSpan[]): Promise<number> {
  let bytes = 0;
  for (const cameraId of new Set(spans.map((span) => span.cameraId))) {
    const held = new Intervals(spans.filter((span) => span.cameraId === cameraId));
    const [first, last] = [held.all[0], held.all.at(-1)];
    if (!first || !last) continue;
    for (const segment of await listSegments(recordingsDir, cameraId, first.startMs, last.endMs)) {
      if (held.touches(segment.startMs, segment.endMs ?? Infinity)) bytes += await segmentBytes(segment);
    }
  }
  return bytes;
}

/** Shows enough digits to tell that `days` is more than `most`. */
function shownAbove(most: number, days: number): string {
  const digits = [0, 1, 2, 3, 4, 5, 6, 7].find((count) => Number(days.toFixed(count)) > most);
  return days.toFixed(digits ?? 9);
}
