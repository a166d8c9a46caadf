import { setting, settings } from '@vr/service';
import { z } from 'zod';

const HOST = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+)(:\d{1,5})?$/;

export const snapshotterSettings = {
  ...settings.service,
  ...settings.nats,
  ...settings.objects,
  ...settings.folders,
  ...settings.cameras,
  ...settings.pictures,
  ...settings.requests,
  ...settings.budgets,
  HTTP_PORT: setting.port.default(9102),
  RETENTION_DAYS: setting.positive.default(7),
  /** Where frame URLs may lead. Without it: into private networks, but not to this machine. See frame-address.ts. */
  FRAME_HOSTS: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ''),
    )
    .pipe(z.array(z.string().regex(HOST, 'wanted host or host:port, separated by commas')))
    .optional(),
};
export type SnapshotterConfig = z.output<z.ZodObject<typeof snapshotterSettings>>;
