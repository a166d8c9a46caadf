import { setting, settings } from '@vr/service';
import type { z } from 'zod';

export const recorderSettings = {
  ...settings.service,
  ...settings.nats,
  ...settings.cameras,
  RECORDINGS_DIR: settings.folders.RECORDINGS_DIR,
  SEGMENT_SECONDS: setting.positive.default(3600),
  FSYNC_SECONDS: setting.positive.default(5),
  STALL_SECONDS: setting.positive.default(10),
  RECORDINGS_REQUIRE_MOUNT: setting.bool.default(false),
  /** What of one camera may wait for a slow disk. */
  BUFFER_MB: setting.positive.default(32),
  HTTP_PORT: setting.port.default(9101),
};
export type RecorderConfig = z.output<z.ZodObject<typeof recorderSettings>>;
