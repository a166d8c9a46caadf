/** Files that are skipped because they cannot be read. A worker reports each once, however often it looks. */
export class PassedOver {
  private readonly told = new Set<string>();
  private listener: ((path: string, reason: string) => void) | undefined;

  /** Whoever can write in our folders can make any number of such files. We report only this many. */
  constructor(private readonly mostTold = 200) {}

  /** Connects the worker's log, once there is one. */
  tellTo(listener: (path: string, reason: string) => void): void {
    this.listener = listener;
  }

  tell(path: string, reason: string): void {
    if (!this.listener || this.told.has(path) || this.told.size >= this.mostTold) return;
    this.told.add(path);
    this.listener(path, reason);
  }
}

/** The one list of this process. */
export const passedOver = new PassedOver();
