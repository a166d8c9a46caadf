import { LONGEST_CLIP_MS } from '@vr/contracts';
import { setting, settings } from '@vr/service';
import { z } from 'zod';

export const clipperSettings = {
  ...settings.service,
  ...settings.nats,
  ...settings.redis,
  ...settings.objects,
  ...settings.folders,
  ...settings.cameras,
  ...settings.pictures,
  ...settings.requests,
  ...settings.budgets,
  HTTP_PORT: setting.port.default(9103),
  RETENTION_DAYS: setting.positive.default(7),
  CLIP_PRE_SECONDS: setting.notNegative.default(10),
  CLIP_POST_SECONDS: setting.notNegative.default(30),
  CLIP_MAX_SECONDS: setting.positive.max(LONGEST_CLIP_MS / 1000, 'wanted at most 86400, a day').default(300),
  CLIP_CUT: z.enum(['keyframe', 'reencode'], { error: 'wanted keyframe or reencode' }).default('keyframe'),
  CLIP_CODEC: z.enum(['copy', 'h264'], { error: 'wanted copy or h264' }).default('copy'),
  CLIP_MIXED: z.enum(['encode', 'parts'], { error: 'wanted encode or parts' }).default('encode'),
  CLIP_MAX_MB: setting.positive.optional(),
  /** GB are 1e9 bytes. Default: a tenth of the disk of CLIPS_DIR. */
  EXPORTS_MAX_GB: setting.positive.optional(),
  CLIP_MERGE: z.enum(['off', 'overlapping'], { error: 'wanted off or overlapping' }).default('off'),
};
export type ClipperConfig = z.output<z.ZodObject<typeof clipperSettings>>;
