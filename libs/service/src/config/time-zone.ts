import { z } from 'zod';

export const timeZone = z.string().refine(isTimeZone, 'wanted a time zone such as America/Sao_Paulo');

/** Sets local time in this process. Node reads the zone from the environment, which lacks it if it came as TZ_FILE. */
export function useTimeZone(zone: string | undefined): void {
  if (zone !== undefined) process.env['TZ'] = zone;
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
