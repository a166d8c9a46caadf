import { bitrate, cameraSource, encoderChoice, gopSize } from '@vr/contracts';
import { NVENC_PRESETS } from '@vr/media';
import { setting, settings } from '@vr/service';
import { z } from 'zod';

/** These settings serve cameras whose own entry does not say how to encode them. */
const encoderSettings = {
  ENCODER: encoderChoice.default('copy'),
  NVENC_PRESET: z.enum(NVENC_PRESETS, { error: 'wanted p1 (fastest) to p7 (best)' }).default('p4'),
  BITRATE: bitrate.default(2_000_000),
  GOP_SIZE: gopSize.default(60),
};
export type EncoderSettings = z.output<z.ZodObject<typeof encoderSettings>>;
export const ENCODER_DEFAULTS: EncoderSettings = z.object(encoderSettings).parse({});

export const recorderSettings = {
  ...settings.service,
  ...settings.nats,
  ...settings.cameras,
  ...encoderSettings,
  SOURCE: cameraSource.default('ffmpeg'),
  RECORDINGS_DIR: settings.folders.RECORDINGS_DIR,
  SEGMENT_SECONDS: setting.positive.default(3600),
  FSYNC_SECONDS: setting.positive.default(5),
  STALL_SECONDS: setting.positive.default(10),
  RECORDINGS_REQUIRE_MOUNT: setting.bool.default(false),
  /** So much of one camera's stream may wait for a slow disk. */
  BUFFER_MB: setting.positive.default(32),
  HTTP_PORT: setting.port.default(9101),
};
export type RecorderConfig = z.output<z.ZodObject<typeof recorderSettings>>;
