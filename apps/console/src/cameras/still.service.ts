import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { ContractError, type Clock } from '@vr/contracts';
import { assemble, newestFragment, readRange, type Piece } from '@vr/footage';
import { extractJpeg } from '@vr/media';
import { CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';

const WIDTH_PX = 640;
const QUALITY = 80;
/** However many people look: one picture of a camera in this time. */
const FRESH_FOR_MS = 4000;
/** The fragment that holds a moment begins at most this long after it. */
const AFTER_MS = 2000;

interface Still {
  jpeg: Promise<Buffer>;
  takenMs: number;
}

/** Small pictures out of the footage, for the page. */
@Injectable()
export class StillService {
  private readonly newest = new Map<string, Still>();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The newest key frame. */
  now(cameraId: string): Promise<Buffer> {
    const nowMs = this.clock.monotonicMs();
    const known = this.newest.get(cameraId);
    if (known && nowMs - known.takenMs < FRESH_FOR_MS) return known.jpeg;
    const still = { jpeg: this.takeNewest(cameraId), takenMs: nowMs };
    this.newest.set(cameraId, still);
    still.jpeg.catch(() => this.newest.delete(cameraId));
    return still.jpeg;
  }

  async at(cameraId: string, atMs: number): Promise<Buffer> {
    const { pieces } = await readRange(this.config.RECORDINGS_DIR, cameraId, atMs, atMs + AFTER_MS);
    const piece = pieces[0];
    if (!piece) throw new ContractError('no_footage', `camera ${cameraId} has no footage of ${new Date(atMs).toISOString()}`);
    return this.extract(piece, Math.max(0, atMs - piece.startMs));
  }

  private async takeNewest(cameraId: string): Promise<Buffer> {
    const newest = await newestFragment(this.config.RECORDINGS_DIR, cameraId);
    if (!newest) throw new ContractError('no_footage', `camera ${cameraId} has no footage yet`);
    return this.extract(newest.piece, 0);
  }

  private async extract(piece: Piece, offsetMs: number): Promise<Buffer> {
    const folder = await mkdtemp(join(tmpdir(), 'console-still-'));
    const [sourcePath, targetPath] = [join(folder, 'footage.mp4'), join(folder, 'still.jpg')];
    try {
      await assemble([piece], sourcePath);
      await extractJpeg({ sourcePath, targetPath, offsetMs, quality: QUALITY, widthPx: WIDTH_PX });
      return await readFile(targetPath);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
