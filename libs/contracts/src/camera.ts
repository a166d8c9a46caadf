import { z } from 'zod';

/**
 * A camera's id is part of file names, keys and subjects. So nothing in it may mean something to a file system or a
 * URL.
 */
export const cameraId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'wanted a camera id: a letter or digit, then up to 63 letters, digits, _ or -',
  )
  .brand<'CameraId'>();
export type CameraId = z.output<typeof cameraId>;

export const CAMERA_URL = /^(rtsp|rtsps):\/\/\S+$/;

const seconds = z.coerce.number().nonnegative();
const onOff = z.preprocess(
  // YAML 1.1 readers turn a bare `off` into false.
  (value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value),
  z.enum(['on', 'off']),
);

/** What re-encodes a camera's picture, in the order in which `auto` tries them. The names are ffmpeg's. */
export const ENCODERS = ['h264_nvenc', 'h264_nvmpi', 'h264_v4l2m2m', 'h264_vaapi', 'libx264'] as const;
export type Encoder = (typeof ENCODERS)[number];

const ENCODER_CHOICES = ['copy', 'auto', ...ENCODERS] as const;
/** `copy`: as the camera sends it. `auto`: the first of ENCODERS that works on this machine. */
export const encoderChoice = z.enum(ENCODER_CHOICES, { error: `wanted one of ${ENCODER_CHOICES.join(', ')}` });

/** What reads a camera: an ffmpeg of its own, or the RTSP client in the recorder. */
export const SOURCE_NAMES = ['ffmpeg', 'native'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];
const SOURCES = [...SOURCE_NAMES, 'auto'] as const;
/** `auto`: native, and ffmpeg for what native cannot record. */
export const cameraSource = z.enum(SOURCES, { error: `wanted one of ${SOURCES.join(', ')}` });

const BITRATE = /^(\d+(?:\.\d+)?)([kM]?)$/i;
const BITRATE_WANTED = 'wanted bits per second from 50k to 200M, such as 2M, 500k or 2000000';
/** `2M`, `500k` or a number; becomes bits per second. A value below 50k is a slip ("2" for 2M), not a picture. */
export const bitrate = z.union([z.string(), z.number()], { error: BITRATE_WANTED }).transform((value, context) => {
  const [, digits, unit = ''] = BITRATE.exec(String(value).trim()) ?? [];
  const bitsPerSecond = Math.round(Number(digits) * (unit === '' ? 1 : unit.toLowerCase() === 'k' ? 1e3 : 1e6));
  if (bitsPerSecond >= 50_000 && bitsPerSecond <= 200_000_000) return bitsPerSecond;
  context.addIssue({ code: 'custom', message: BITRATE_WANTED });
  return z.NEVER;
});

const GOP_WANTED = 'wanted a key frame every 1 to 9000 pictures';
/** Pictures from one key frame to the next. */
export const gopSize = z.coerce.number({ error: GOP_WANTED }).int(GOP_WANTED).min(1, GOP_WANTED).max(9000, GOP_WANTED);

/** One entry of CAMERAS_FILE. */
export const cameraConfig = z.strictObject({
  id: cameraId,
  name: z.string().trim().min(1).max(100).optional(),
  url: z.string().regex(CAMERA_URL, 'wanted rtsp://... or rtsps://...'),
  /** A second, smaller stream of the same camera. It is recorded beside the main one. */
  sub_url: z.string().regex(CAMERA_URL, 'wanted rtsp://... or rtsps://...').optional(),
  enabled: z.boolean().default(true),
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  audio: onOff.default('off'),
  source: cameraSource.optional(),
  encoder: encoderChoice.optional(),
  bitrate: bitrate.optional(),
  gop_size: gopSize.optional(),
  retention_days: z.coerce.number().positive().optional(),
  sub_retention_days: z.coerce.number().positive().optional(),
  max_gb: z.coerce.number().positive().optional(),
  clip: z.strictObject({ pre_seconds: seconds.optional(), post_seconds: seconds.optional() }).optional(),
});

export const camerasFile = z.strictObject({
  cameras: z.array(cameraConfig, { error: 'wanted a list of cameras' }).superRefine((cameras, ctx) => {
    const seen = new Set<string>();
    cameras.forEach(({ id }, index) => {
      if (seen.has(id)) ctx.addIssue({ code: 'custom', path: [index, 'id'], message: `camera ${id} is there twice` });
      seen.add(id);
    });
  }),
});

/** A camera as configured. `url` and `sub_url` may hold a password, so only ffmpeg gets them. */
export type CameraConfig = z.infer<typeof cameraConfig>;
