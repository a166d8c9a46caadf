/** Notices that nothing comes any more. ffmpeg's own time-out never fires while RTSP is alive and only RTP has stopped. */
export class Watchdog {
  private timer: NodeJS.Timeout;
  private hasFired = false;

  constructor(
    private silenceMs: number,
    private readonly onSilence: () => void,
  ) {
    this.timer = this.begin();
  }

  get fired(): boolean {
    return this.hasFired;
  }

  /** Something came. A stream whose pieces are `apartMs` apart is silent only after three times that. */
  alive(apartMs: number): void {
    if (apartMs * 3 <= this.silenceMs) {
      this.timer.refresh();
      return;
    }
    this.silenceMs = apartMs * 3;
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
    }, this.silenceMs);
  }
}
