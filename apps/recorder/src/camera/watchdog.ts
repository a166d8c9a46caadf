/**
 * Notices that a stream has become silent. ffmpeg's own time-out never fires while RTSP is alive and only RTP stopped.
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
   * A piece of so much media came. The next one must come within `silenceMs`, or within three times this piece's length
   * if that is longer.
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
