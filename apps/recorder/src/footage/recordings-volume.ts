import { stat } from 'node:fs/promises';
import { errorCode } from '@vr/base';
import { MissingVolumeError } from './disk-fault';

/**
 * Where the recordings lie. With `requireMount`, only a volume other than the root's will do: a USB disk that is not
 * there must not fill the root.
 */
export class RecordingsVolume {
  constructor(
    readonly path: string,
    private readonly requireMount: boolean,
  ) {}

  /** Throws MissingVolumeError where the volume is required and absent. */
  async check(): Promise<void> {
    if (!this.requireMount) return;
    const [here, root] = await Promise.all([deviceOf(this.path), deviceOf('/')]);
    if (here === undefined || here === root) throw new MissingVolumeError(this.path);
  }
}

async function deviceOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).dev;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
