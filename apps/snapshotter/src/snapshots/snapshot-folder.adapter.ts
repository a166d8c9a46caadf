import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { snapshotId, snapshotKey } from './snapshot-name';

export interface KeptSnapshot {
  id: string;
  key: string;
  path: string;
}

const WORK_FOLDER = '.work';

/** SNAPSHOTS_DIR/{camera}/{day}/: whatever has a name there is whole. Only this process writes there; work in progress lies in .work. */
@Injectable()
export class SnapshotFolder implements OnModuleInit {
  private readonly processMark = randomBytes(4).toString('hex');
  /** Names given away whose files are not there yet. */
  private readonly promised = new Set<string>();

  constructor(@Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'SNAPSHOTS_DIR'>) {}

  /** Removes what earlier processes left half done. */
  async onModuleInit(): Promise<void> {
    const folder = join(this.config.SNAPSHOTS_DIR, WORK_FOLDER);
    const left = (await readdir(folder).catch(() => [])).filter((name) => name !== this.processMark);
    await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  }

  /** Runs `work` with a folder of its own, which is gone afterwards. It is on the same file system as the final names. */
  async withWorkFolder<T>(work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.config.SNAPSHOTS_DIR, WORK_FOLDER, this.processMark, randomBytes(8).toString('hex'));
    await mkdir(path, { recursive: true });
    try {
      return await work(path);
    } finally {
      await rm(path, { recursive: true, force: true });
    }
  }

  async write(path: string, bytes: Buffer): Promise<void> {
    await writeFile(path, bytes);
  }

  /** Moves a finished picture to the first free name of its camera and instant. */
  async keep(workPath: string, cameraId: string, capturedMs: number): Promise<KeptSnapshot> {
    const kept = await this.freeName(cameraId, capturedMs);
    try {
      await sync(workPath);
      await rename(workPath, kept.path);
      await sync(dirname(kept.path));
      return kept;
    } finally {
      this.promised.delete(kept.key);
    }
  }

  private async freeName(cameraId: string, capturedMs: number): Promise<KeptSnapshot> {
    for (let count = 1; ; count += 1) {
      const id = snapshotId(cameraId, capturedMs, count);
      const key = snapshotKey(cameraId, capturedMs, id);
      const path = join(this.config.SNAPSHOTS_DIR, key);
      // Promised before anything is awaited: two snapshots of one instant cannot both find the name free.
      if (this.promised.has(key)) continue;
      this.promised.add(key);
      if (!(await exists(path))) {
        await mkdir(dirname(path), { recursive: true });
        return { id, key, path };
      }
      this.promised.delete(key);
    }
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
