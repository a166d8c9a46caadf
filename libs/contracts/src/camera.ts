import { z } from 'zod';

/** A camera's id is part of file names, keys and subjects: nothing in it may mean something to a file system or a URL. */
export const cameraId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'wanted a camera id: a letter or digit, then up to 63 letters, digits, _ or -');

const CAMERA_URL = /^(rtsp|rtsps):\/\/\S+$/;

const seconds = z.coerce.number().nonnegative();
const onOff = z.preprocess(
  // YAML 1.1 readers turn a bare `off` into false.
  (value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value),
  z.enum(['on', 'off']),
);

/** One entry of CAMERAS_FILE. */
export const cameraConfig = z.strictObject({
  id: cameraId,
  name: z.string().trim().min(1).max(100).optional(),
  url: z.string().regex(CAMERA_URL, 'wanted rtsp://... or rtsps://...'),
  enabled: z.boolean().default(true),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  audio: onOff.default('off'),
  encoder: z.string().regex(/^[a-z0-9_]+$/).optional(),
  retention_days: z.coerce.number().positive().optional(),
  max_gb: z.coerce.number().positive().optional(),
  clip: z.strictObject({ pre_seconds: seconds.optional(), post_seconds: seconds.optional() }).optional(),
});

export const camerasFile = z.strictObject({
  cameras: z.array(cameraConfig).superRefine((cameras, ctx) => {
    const seen = new Set<string>();
    cameras.forEach(({ id }, index) => {
      if (seen.has(id)) ctx.addIssue({ code: 'custom', path: [index, 'id'], message: `camera ${id} is there twice` });
      seen.add(id);
    });
  }),
});

/** A camera as configured. `url` may hold a password: it goes to ffmpeg and nowhere else. */
export type CameraConfig = z.infer<typeof cameraConfig>;
