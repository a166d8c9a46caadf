/** Files that are passed over because they cannot be read: a worker says each once, however often it looks. */
export class PassedOver {
  private readonly told = new Set<string>();
  private listener: ((path: string, reason: string) => void) | undefined;

  /** Who can write in our folders can make any number of such files: more of them than this are not told. */
  constructor(private readonly mostTold = 200) {}

  /** The worker's log, once there is one. */
  tellTo(listener: (path: string, reason: string) => void): void {
    this.listener = listener;
  }

  tell(path: string, reason: string): void {
    if (!this.listener || this.told.has(path) || this.told.size >= this.mostTold) return;
    this.told.add(path);
    this.listener(path, reason);
  }
}

/** This process's. */
export const passedOver = new PassedOver();
