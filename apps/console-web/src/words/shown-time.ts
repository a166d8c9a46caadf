/** An instant as people read it, with its zone: an hour of the night in which clocks go back exists twice. */
export function shownTime(seconds: number, language: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(language, {
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    timeZone,
  }).format(seconds * 1000);
}
