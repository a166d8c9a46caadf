import { Inject, Injectable } from '@nestjs/common';
import { confinedPath, OutsideRootError } from '@vr/base';
import { HealthRegistry, type Health } from '../health';
import { CONFIG } from '../tokens';
import { CameraRoster } from './camera-roster';

const ROOTS = ['RECORDINGS_DIR', 'CLIPS_DIR', 'SNAPSHOTS_DIR'] as const;
const FAULTS_SHOWN = 3;

/**
 * Readiness says which cameras' folders lead out of ours by a link, because people link large disks. We write and read
 * nothing through such a link: whoever may make one could choose any file of the machine. People can mount the other
 * disk there instead.
 */
@Injectable()
export class CameraFolders {
  constructor(
    @Inject(CONFIG) private readonly config: Partial<Record<(typeof ROOTS)[number], string>>,
    @Inject(CameraRoster) private readonly roster: Pick<CameraRoster, 'all'>,
    @Inject(HealthRegistry) health: Pick<HealthRegistry, 'register'>,
  ) {
    health.register('camera folders', () => this.health());
  }

  private async health(): Promise<Health> {
    const faults: string[] = [];
    for (const name of ROOTS) {
      const root = this.config[name];
      for (const { id } of root === undefined ? [] : this.roster.all()) {
        const fault = await linkOut(root ?? '', id);
        if (fault !== undefined)
          faults.push(
            `${name}: ${fault}: nothing of ${id} is written or read there. Instead of the link make a folder and ` +
              `mount the other disk on it (mount --bind)`,
          );
      }
    }
    if (faults.length === 0) return { state: 'up', sentence: "no camera's folder is a link to elsewhere" };
    const more = faults.length > FAULTS_SHOWN ? `; and ${faults.length - FAULTS_SHOWN} more` : '';
    return { state: 'degraded', sentence: faults.slice(0, FAULTS_SHOWN).join('; ') + more };
  }
}

/** An error of the disk itself is not told here: whoever writes there tells it. */
async function linkOut(root: string, cameraId: string): Promise<string | undefined> {
  try {
    await confinedPath(root, cameraId);
    return undefined;
  } catch (error) {
    return error instanceof OutsideRootError ? error.message : undefined;
  }
}
