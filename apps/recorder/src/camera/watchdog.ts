/** Notices that nothing comes any more. ffmpeg's own time-out never fires while RTSP is alive and only RTP has stopped. */
export class Watchdog {
  private readonly timer: NodeJS.Timeout;
  private hasFired = false;

  constructor(
    silenceMs: number,
    onSilence: () => void,
  ) {
    this.timer = setTimeout(() => {
      this.hasFired = true;
      onSilence();
    }, silenceMs);
  }

  get fired(): boolean {
    return this.hasFired;
  }

  alive(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
