import { z } from 'zod';
import { CAMERA_URL } from '../camera';
import { notNegative } from '../kept-instants';

/** No other scheme: the console asks nothing but cameras for others. */
export const cameraTestBody = z.object({
  url: z
    .string()
    .trim()
    .max(2048, 'wanted at most 2048 characters')
    .regex(CAMERA_URL, 'wanted rtsp://... or rtsps://...'),
  transport: z.enum(['tcp', 'udp'], { error: 'wanted tcp or udp' }).default('tcp'),
});

export const cameraTestAnswer = z
  .object({
    works: z.boolean(),
    message: z.string().meta({ description: 'For a person: what the camera sends, or why nothing came.' }),
    trouble: z.enum(['refused', 'unauthorized', 'not_found', 'no_video', 'late', 'unreadable']).optional(),
    codec: z.string().optional(),
    width: notNegative.optional(),
    height: notNegative.optional(),
    fps: notNegative.optional(),
    gop_seconds: notNegative.optional(),
    bitrate_kbps: notNegative.optional(),
    audio_codec: z.string().optional(),
  })
  .meta({ id: 'CameraTest' });
export type CameraTestAnswer = z.infer<typeof cameraTestAnswer>;
