import { setting, settings } from '@vr/service';
import { z } from 'zod';

export const consoleSettings = {
  ...settings.service,
  ...settings.nats,
  ...settings.redis,
  ...settings.objects,
  ...settings.folders,
  ...settings.cameras,
  ...settings.retention,
  HTTP_PORT: setting.port.default(8080),
  /** Where set, the page, the API and the queues ask for it. */
  CONSOLE_API_TOKEN: z.string().min(8, 'wanted at least 8 characters').optional(),
};
export type ConsoleConfig = z.output<z.ZodObject<typeof consoleSettings>>;
