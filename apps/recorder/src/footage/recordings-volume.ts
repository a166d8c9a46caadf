import { stat } from 'node:fs/promises';
import { errorCode } from '@vr/base';
import { MissingVolumeError } from './disk-fault';

/**
 * The place of the recordings. With `requireMount` it must be on another volume than the root. Otherwise recordings
 * would fill the root while a USB disk is not plugged in.
 */
export class RecordingsVolume {
  constructor(
    readonly path: string,
    private readonly requireMount: boolean,
  ) {}

  /** Throws MissingVolumeError if the volume is required and absent. */
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
