import { setting, settings } from '@vr/service';
import { CronTime } from 'cron';
import { z } from 'zod';

const cron = z.string().refine((value) => accepts(() => new CronTime(value)), 'wanted five or six cron fields, as in "0 2 * * *"');
const timeZone = z.string().refine((value) => accepts(() => new Intl.DateTimeFormat('en', { timeZone: value })), 'wanted a time zone such as America/Sao_Paulo');

export const janitorSettings = {
  ...settings.service,
  ...settings.folders,
  ...settings.cameras,
  ...settings.objects,
  HTTP_PORT: setting.port.default(9104),
  RETENTION_DAYS: setting.positive.default(7),
  DISK_HIGH_PERCENT: setting.percent.default(90),
  DISK_LOW_PERCENT: setting.percent.default(85),
  CLEANUP_CRON: cron.default('0 2 * * *'),
  /** Of CLEANUP_CRON. Without it: the machine's. */
  TZ: timeZone.optional(),
};
export type JanitorConfig = z.output<z.ZodObject<typeof janitorSettings>>;

function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
