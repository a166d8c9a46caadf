import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/base';
import type { CameraConfig, CameraStatus, CameraView } from '@vr/contracts';
import { newestFragment, readCameraState } from '@vr/footage';
import { CameraRoster, CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';

/** A camera whose footage has not grown for this long is not recorded, whatever the recorder said last. */
const SILENT_AFTER_MS = 15_000;

@Injectable()
export class CamerasService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
  ) {}

  async list(sees: (cameraId: string) => boolean): Promise<CameraView[]> {
    const seen = this.roster.all().filter(({ id }) => sees(id));
    return Promise.all(seen.map((camera) => this.viewOf(camera)));
  }

  async viewOf({ id, name, enabled }: CameraConfig): Promise<CameraView> {
    const [status, newest] = await Promise.all([
      readCameraState(this.config.RECORDINGS_DIR, id),
      newestFragment(this.config.RECORDINGS_DIR, id),
    ]);
    const newestMs = newest?.piece.endMs;
    const {
      state = 'connecting',
      since,
      reason,
      codec,
      width,
      height,
      fps,
      bitrate_kbps,
      gop_seconds,
      last_fragment_at,
    }: Partial<CameraStatus> = status ?? {};
    return {
      id,
      name: name ?? id,
      enabled,
      ...{ state, since, reason, codec, width, height, fps, bitrate_kbps, gop_seconds, last_fragment_at },
      ...this.corrected(state, enabled, newestMs),
      newest_footage_at: newestMs === undefined ? undefined : toSeconds(newestMs),
    };
  }

  /** A dead recorder cannot say that it is dead. The footage tells. */
  private corrected(
    state: CameraStatus['state'],
    enabled: boolean,
    newestMs: number | undefined,
  ): Pick<CameraView, 'state' | 'reason'> | undefined {
    if (!enabled) return { state: 'disabled' };
    if (state !== 'recording' || newestMs === undefined || this.clock.nowMs() - newestMs < SILENT_AFTER_MS)
      return undefined;
    return { state: 'offline', reason: 'recorder_silent' };
  }
}
