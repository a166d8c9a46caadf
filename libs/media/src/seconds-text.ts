/** ffmpeg's notation of a length of time. */
export function secondsText(ms: number): string {
  return (ms / 1000).toFixed(6);
}
