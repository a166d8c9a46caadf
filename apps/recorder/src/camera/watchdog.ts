/**
 * Notices that nothing comes any more. ffmpeg's own time-out never fires while RTSP is alive and only RTP has stopped.
 */
export class Watchdog {
  private timer: NodeJS.Timeout;
  private hasFired = false;

  constructor(
    private patienceMs: number,
    private readonly onSilence: () => void,
  ) {
    this.timer = this.begin();
  }

  get fired(): boolean {
    return this.hasFired;
  }

  /**
   * A piece of so much media came: the next must within `silenceMs`, or three times its length where that is longer.
   */
  alive(mediaMs: number, silenceMs: number): void {
    const patienceMs = Math.max(silenceMs, 3 * mediaMs);
    if (patienceMs === this.patienceMs) {
      this.timer.refresh();
      return;
    }
    this.patienceMs = patienceMs;
    clearTimeout(this.timer);
    this.timer = this.begin();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private begin(): NodeJS.Timeout {
    return setTimeout(() => {
      this.hasFired = true;
      this.onSilence();
    }, this.patienceMs);
  }
}
