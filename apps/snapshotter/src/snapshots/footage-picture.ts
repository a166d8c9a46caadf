import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { ContractError, type CameraConfig, type Clock } from '@vr/contracts';
import { assemble, compatibleRun, newestFragment, readCameraState, readRange, waitForFootage, type Piece } from '@vr/footage';
import { extractJpeg } from '@vr/media';
import { CLOCK, CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { Limiter } from './limiter';

export interface Picture {
  path: string;
  capturedMs: number;
  width: number;
  height: number;
}

/** ffmpeg processes at once: the machine is there for recording. */
const AT_ONCE = 2;
const DEADLINE_MS = 20_000;
/** A picture of "now" is at most this old: a key frame and a fragment, with room. */
const NOW_MS = 15_000;
/** A moment without footage is shown by the nearest picture within this time. */
const NEAR_MS = 1000;
/** Footage of a moment is there this long after it, or the recorder does not bring it. */
const ARRIVAL_MS = 10_000;
const GRACE_MS = 3000;
const QUALITY = 95;
const DAY_MS = 86_400_000;

/** Pictures in full resolution out of the footage. */
@Injectable()
export class FootagePicture {
  private readonly limiter = new Limiter(AT_ONCE);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'RECORDINGS_DIR' | 'RETENTION_DAYS'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What the camera showed last. Throws `camera_offline` where that is not "now". */
  async now({ id }: CameraConfig, folder: string): Promise<Picture> {
    const newest = await newestFragment(this.config.RECORDINGS_DIR, id);
    if (newest && this.clock.nowMs() - newest.piece.endMs <= NOW_MS) return this.extract([newest.piece], newest.piece.endMs, folder);
    const state = await readCameraState(this.config.RECORDINGS_DIR, id);
    const last = newest ? `its last picture is of ${new Date(newest.piece.endMs).toISOString()}` : 'it has no footage';
    throw new ContractError('camera_offline', `camera ${id} shows nothing now (${state?.state ?? 'unknown state'}): ${last}`);
  }

  /** What the camera showed at a moment. Throws `no_footage` or `footage_expired`. */
  async at(camera: CameraConfig, momentMs: number, folder: string): Promise<Picture> {
    const ageMs = this.clock.nowMs() - momentMs;
    if (ageMs < -GRACE_MS) throw new ContractError('invalid_payload', 'timestamp: wanted a moment that has been, got one in the future');
    if (ageMs < ARRIVAL_MS) await this.arrivalOf(camera.id, momentMs);
    const pieces = await this.piecesAround(camera.id, momentMs);
    if (pieces.length > 0) return this.extract(pieces, momentMs, folder);
    const days = camera.retention_days ?? this.config.RETENTION_DAYS;
    const at = new Date(momentMs).toISOString();
    if (ageMs > days * DAY_MS) throw new ContractError('footage_expired', `footage of camera ${camera.id} is kept for ${days} days: none is left of ${at}`);
    throw new ContractError('no_footage', `camera ${camera.id} has no footage of ${at}`);
  }

  private async arrivalOf(cameraId: string, momentMs: number): Promise<void> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    await waitForFootage({ recordingsDir: this.config.RECORDINGS_DIR, cameraId, untilMs: momentMs + 1, graceMs: GRACE_MS, clock: this.clock, signal });
  }

  private async piecesAround(cameraId: string, momentMs: number): Promise<Piece[]> {
    const exact = await readRange(this.config.RECORDINGS_DIR, cameraId, momentMs, momentMs + 1);
    const { pieces } = exact.pieces.length > 0 ? exact : await readRange(this.config.RECORDINGS_DIR, cameraId, momentMs - NEAR_MS, momentMs + NEAR_MS);
    return compatibleRun(pieces, momentMs);
  }

  private extract(pieces: readonly Piece[], momentMs: number, folder: string): Promise<Picture> {
    return this.limiter.run(async () => {
      const assembledPath = join(folder, 'footage.mp4');
      const path = join(folder, 'picture.jpg');
      const { startMs } = await assemble([...pieces], assembledPath);
      const offsetMs = Math.max(0, momentMs - startMs);
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const { width, height, frameMs } = await extractJpeg({ sourcePath: assembledPath, targetPath: path, offsetMs, quality: QUALITY, signal });
      return { path, capturedMs: Math.round(startMs + frameMs), width, height };
    });
  }
}
