import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { bytesText, errorCode } from '@vr/base';
import { ContractError, type ProtectedShare } from '@vr/contracts';
import { at, Intervals, listSegments, readSpace, type CameraSpan, type Disk, type FootageShelf, type Holds, type Span } from '@vr/footage';
import { CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';

const DAY_MS = 86_400_000;
type LimitsConfig = Pick<JanitorConfig, 'RECORDINGS_DIR' | 'PROTECT_MAX_DAYS' | 'PROTECT_MAX_PERCENT'>;

/** Each is a file, read at every pass: a bound for those that differ by a moment. */
const MOST_OF_A_CAMERA = 1000;

/**
 * What all protections together may hold: days of one camera, and a share of the disk. Without a bound one message of a hundred bytes
 * keeps all footage for ever, and a full disk then stops the recording. Footage that is still to come is not in the sum: it counts when
 * the next protection is asked for.
 */
@Injectable()
export class ProtectionLimits {
  constructor(@Inject(CONFIG) private readonly config: LimitsConfig) {}

  /** @param all every span in force, the wanted one among them. Throws `too_long` or `storage_unavailable`, with the numbers. */
  async check(wanted: CameraSpan, all: readonly CameraSpan[]): Promise<void> {
    const { PROTECT_MAX_DAYS: mostDays, PROTECT_MAX_PERCENT: percent } = this.config;
    const days = lengthMs(all.filter(({ cameraId }) => cameraId === wanted.cameraId)) / DAY_MS;
    if (days > mostDays) {
      const message = `wanted protections of at most ${mostDays} days of camera ${wanted.cameraId} in all (PROTECT_MAX_DAYS), got ${rounded(days)}; ask for less, or lift others`;
      throw new ContractError('too_long', message);
    }
    const count = all.filter(({ cameraId }) => cameraId === wanted.cameraId).length;
    if (count > MOST_OF_A_CAMERA) {
      throw new ContractError('too_many_requests', `wanted at most ${MOST_OF_A_CAMERA} protections of camera ${wanted.cameraId}, and so many are in force; lift others, or protect a longer range`);
    }
    const space = await readSpace(this.config.RECORDINGS_DIR);
    if (!space) return; // the disk cannot be looked at
    const protectedBytes = await heldBytes(this.config.RECORDINGS_DIR, all);
    const mostBytes = mostProtectedBytes(space, percent);
    if (protectedBytes <= mostBytes) return;
    const message = `protections would hold ${bytesText(protectedBytes)} of footage, and may hold ${bytesText(mostBytes)} (PROTECT_MAX_PERCENT ${percent}); lift others, or copy the footage away`;
    throw new ContractError('storage_unavailable', message);
  }
}

/** The same as a pass sees it, out of what it knows already. */
export function protectedShareOf(footage: readonly FootageShelf[], holds: Pick<Holds, 'isProtected'>, disk: Disk, percent: number): ProtectedShare {
  let bytes = 0;
  for (const { cameraId, startMs, endMs, sizeBytes, open } of footage) {
    for (let row = 0; row < startMs.length; row++) if (holds.isProtected(cameraId, at(startMs, row), at(endMs, row))) bytes += at(sizeBytes, row);
    for (const segment of open) if (holds.isProtected(cameraId, segment.startMs, Infinity)) bytes += segment.sizeBytes;
  }
  return { protected_bytes: bytes, most_bytes: mostProtectedBytes(disk, percent) };
}

function mostProtectedBytes({ usedBytes, freeBytes }: Disk, percent: number): number {
  return Math.floor(((usedBytes + freeBytes) * percent) / 100);
}

function lengthMs(spans: readonly Span[]): number {
  return new Intervals(spans).all.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

/** Whole segments are kept: each that a span touches counts once, in full. */
async function heldBytes(recordingsDir: string, spans: readonly CameraSpan[]): Promise<number> {
  let bytes = 0;
  for (const cameraId of new Set(spans.map((span) => span.cameraId))) {
    const held = new Intervals(spans.filter((span) => span.cameraId === cameraId));
    const [first, last] = [held.all[0], held.all.at(-1)];
    if (!first || !last) continue;
    for (const { path, startMs, endMs = Infinity } of await listSegments(recordingsDir, cameraId, first.startMs, last.endMs)) {
      if (held.touches(startMs, endMs)) bytes += await sizeOf(path);
    }
  }
  return bytes;
}

/** A young segment is renamed, and an old one deleted, between the listing and the look: it is not held by this name any more. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

function rounded(days: number): string {
  return days.toFixed(days < 10 ? 1 : 0);
}
