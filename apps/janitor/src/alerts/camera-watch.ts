import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import type { CameraConfig, CameraStatus } from '@vr/contracts';
import { footageEnd, readSaidState } from '@vr/footage';
import { CameraRoster, CLOCK, CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';
import type { Trouble } from './trouble';

/** The recorder says a camera's state at every change, and every 30 s. So a younger state is of now. */
const SAID_LATELY_MS = 35_000;
/** The newest fragment of a camera that is recorded is younger than this, also where the disk is slow. */
const FRESH_FOR_MS = 5000;
/** Older footage than this does not say since when a camera is away: the recorder may have been off for days. */
const LOOK_BACK_MS = 24 * 3_600_000;

/**
 * Which cameras send no pictures. The disk says so: a recorder that died, or that lost NATS, cannot. It runs in the
 * janitor for the same reason.
 */
@Injectable()
export class CameraWatch {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
    @Inject(CameraRoster) private readonly roster: Pick<CameraRoster, 'all'>,
  ) {}

  async troubles(): Promise<Trouble[]> {
    const enabled = this.roster.all().filter(({ enabled }) => enabled);
    return (await Promise.all(enabled.map((camera) => this.troubleOf(camera)))).filter((found) => found !== undefined);
  }

  private async troubleOf(camera: CameraConfig): Promise<Trouble | undefined> {
    const nowMs = this.clock.nowMs();
    const { RECORDINGS_DIR: folder } = this.config;
    const said = await readSaidState(folder, camera.id);
    // It costs one small file a camera, where all is well. Only a doubt lists the folder of a day.
    if (said?.status.state === 'recording' && Math.abs(nowMs - said.saidMs) < SAID_LATELY_MS) return undefined;
    const endMs = await footageEnd(folder, camera.id, nowMs - LOOK_BACK_MS);
    if (nowMs - endMs < FRESH_FOR_MS) return undefined;
    const sinceMs = endMs > -Infinity ? endMs : undefined;
    return { kind: 'camera_offline', cameraId: camera.id, sinceMs, message: sentence(camera, said?.status) };
  }
}

function sentence({ id, name }: CameraConfig, status: CameraStatus | undefined): string {
  const who = name === undefined || name === id ? id : `${name} (${id})`;
  const why =
    status === undefined || status.state === 'recording'
      ? 'the recorder is silent about it: is it running?'
      : `${status.state}${status.reason === undefined ? '' : `, ${status.reason}`}`;
  return `Nothing is recorded of camera ${who}: ${why}`;
}
