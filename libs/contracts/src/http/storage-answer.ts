import { z } from 'zod';
import { budgetsFile } from '../budgets';
import { cameraId } from '../camera';
import { streamKind } from '../track';
import { notNegative, recordedSeconds } from '../kept-instants';

const volume = z.object({
  name: z.enum(['recordings', 'snapshots', 'clips']),
  total_bytes: notNegative,
  free_bytes: notNegative,
  used_percent: notNegative,
});
export type VolumeView = z.infer<typeof volume>;

const cameraStorage = z.object({
  camera_id: cameraId,
  stream: streamKind.meta({ description: 'The sub-stream has a line of its own.' }),
  bytes: notNegative,
  files: notNegative,
  oldest: recordedSeconds.optional(),
  bytes_per_day: notNegative
    .optional()
    .meta({ description: 'From what the camera wrote in the last 24 hours, as if it recorded around the clock.' }),
  retention_days: notNegative,
  needed_bytes: notNegative.optional(),
});
export type CameraStorageView = z.infer<typeof cameraStorage>;

const forecast = z.object({
  bytes_per_day: notNegative,
  needed_bytes: notNegative,
  room_bytes: notNegative.optional(),
  days_until_full: notNegative.optional().meta({ description: 'Only where retention does not fit.' }),
  fits: z.boolean(),
  warning: z.string().optional().meta({ description: 'For a person.' }),
});
export type ForecastView = z.infer<typeof forecast>;

export const storageAnswer = z
  .object({
    volumes: z.array(volume),
    recordings: z.array(cameraStorage),
    retention: z.object({
      footage_days: notNegative,
      event_footage_days: notNegative.optional(),
      clip_days: notNegative,
      snapshot_days: notNegative,
    }),
    budgets: budgetsFile.optional().meta({
      description: 'How full the budgets were when the janitor looked last (`at`). Absent before its first pass.',
    }),
    forecast,
  })
  .meta({ id: 'Storage' });
export type StorageAnswer = z.infer<typeof storageAnswer>;
