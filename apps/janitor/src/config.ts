import { ConfigError, setting, settings } from '@vr/service';
import { CronTime } from 'cron';
import { z } from 'zod';

const cron = z
  .string()
  .refine((value) => accepts(() => new CronTime(value)), 'wanted five or six cron fields, as in "0 2 * * *"');

export const janitorSettings = {
  ...settings.service,
  ...settings.nats,
  ...settings.folders,
  ...settings.cameras,
  ...settings.requests,
  ...settings.budgets,
  ...settings.objects,
  ...settings.retention,
  HTTP_PORT: setting.port.default(9104),
  /** Days of one camera's footage that all its protections may hold together. */
  PROTECT_MAX_DAYS: setting.positive.default(30),
  /** Share of the disk of RECORDINGS_DIR that protections may hold. */
  PROTECT_MAX_PERCENT: setting.percent.default(50),
  EXPORT_DAYS: setting.positive.default(7),
  CLEANUP_CRON: cron.default('0 2 * * *'),
};
export type JanitorConfig = z.output<z.ZodObject<typeof janitorSettings>>;

/** Checks what a schema of single settings cannot see. */
export function checkTogether(
  config: Pick<JanitorConfig, 'DISK_HIGH_PERCENT' | 'DISK_LOW_PERCENT' | 'EVENT_FOOTAGE_DAYS' | 'CLIP_RETENTION_DAYS'>,
): void {
  const faults: string[] = [];
  const {
    DISK_HIGH_PERCENT: high,
    DISK_LOW_PERCENT: low,
    EVENT_FOOTAGE_DAYS: eventDays,
    CLIP_RETENTION_DAYS: clipDays,
  } = config;
  if (low >= high) faults.push(`DISK_LOW_PERCENT: wanted less than DISK_HIGH_PERCENT (${high}), got ${low}`);
  if (eventDays !== undefined && eventDays > clipDays) {
    faults.push(
      `EVENT_FOOTAGE_DAYS: wanted at most CLIP_RETENTION_DAYS (${clipDays}), because events are known by ` +
        `their clips' records; got ${eventDays}`,
    );
  }
  if (faults.length > 0) throw new ConfigError(faults);
}

function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
