/** An instant on the clocks of a place, for names and texts that people read. */
export interface LocalTime {
  /** `2026-11-23` */
  date: string;
  /** `09:15:00` */
  time: string;
  milliseconds: string;
  /** The distance from UTC to here: `-03:00`. */
  offset: string;
}

/** @param aheadMinutes minutes ahead of UTC; by default the machine's zone (TZ) at that instant */
export function localTime(epochMs: number, aheadMinutes = -new Date(epochMs).getTimezoneOffset()): LocalTime {
  const shifted = new Date(epochMs + aheadMinutes * 60_000).toISOString(); // 2026-11-23T09:15:00.123Z
  const [hours, minutes] = [Math.floor(Math.abs(aheadMinutes) / 60), Math.abs(aheadMinutes) % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  const offset = `${aheadMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
  return { date: shifted.slice(0, 10), time: shifted.slice(11, 19), milliseconds: shifted.slice(20, 23), offset };
}
