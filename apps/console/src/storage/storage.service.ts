import { stat, statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/contracts';
import { listCameras, listSegments } from '@vr/footage';
import { CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';

/** Sizes cost a stat per file: asked for at most this often. */
const FRESH_FOR_MS = 30_000;

export interface VolumeView {
  name: 'recordings' | 'snapshots' | 'clips';
  total_bytes: number;
  free_bytes: number;
  used_percent: number;
}

export interface CameraStorageView {
  camera_id: string;
  bytes: number;
  files: number;
  oldest?: number;
}

export interface StorageView {
  volumes: VolumeView[];
  recordings: CameraStorageView[];
}

@Injectable()
export class StorageService {
  private known: { view: Promise<StorageView>; takenMs: number } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'RECORDINGS_DIR' | 'SNAPSHOTS_DIR' | 'CLIPS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  view(): Promise<StorageView> {
    const nowMs = this.clock.monotonicMs();
    if (this.known && nowMs - this.known.takenMs < FRESH_FOR_MS) return this.known.view;
    const view = this.measure();
    this.known = { view, takenMs: nowMs };
    view.catch(() => (this.known = undefined));
    return view;
  }

  private async measure(): Promise<StorageView> {
    const { RECORDINGS_DIR, SNAPSHOTS_DIR, CLIPS_DIR } = this.config;
    const volumes = await Promise.all([volume('recordings', RECORDINGS_DIR), volume('snapshots', SNAPSHOTS_DIR), volume('clips', CLIPS_DIR)]);
    const cameras = await listCameras(RECORDINGS_DIR);
    return { volumes: volumes.filter((found) => found !== undefined), recordings: await Promise.all(cameras.map((camera) => this.ofCamera(camera))) };
  }

  private async ofCamera(cameraId: string): Promise<CameraStorageView> {
    const segments = await listSegments(this.config.RECORDINGS_DIR, cameraId);
    let bytes = 0;
    for (const { path } of segments) bytes += await stat(path).then(({ size }) => size, () => 0); // it may just have gone
    const oldest = segments[0];
    return { camera_id: cameraId, bytes, files: segments.length, oldest: oldest && toSeconds(oldest.startMs) };
  }
}

/** As `df` reckons: what is kept for root is neither free nor used. Undefined where the folder is not there yet. */
async function volume(name: VolumeView['name'], path: string): Promise<VolumeView | undefined> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(path);
    const used = blocks - bfree;
    return { name, total_bytes: blocks * bsize, free_bytes: bavail * bsize, used_percent: Math.round((used / Math.max(1, used + bavail)) * 1000) / 10 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
