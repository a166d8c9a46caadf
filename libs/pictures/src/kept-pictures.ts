/**
 * Pictures that were decoded lately. A frame never changes, so bytes limit what is kept, not time. The one that was
 * used longest ago goes first.
 */
export class KeptPictures<T extends { jpeg: Buffer }> {
  /** The last used one is last. */
  private readonly pictures = new Map<string, T>();
  private bytes = 0;

  constructor(private readonly mostBytes: number) {}

  get sizeBytes(): number {
    return this.bytes;
  }

  get(key: string): T | undefined {
    const picture = this.pictures.get(key);
    if (picture) {
      this.pictures.delete(key);
      this.pictures.set(key, picture);
    }
    return picture;
  }

  keep(key: string, picture: T): void {
    this.forget(key);
    this.pictures.set(key, picture);
    this.bytes += picture.jpeg.length;
    for (const oldest of this.pictures.keys()) {
      if (this.bytes <= this.mostBytes) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    this.bytes -= this.pictures.get(key)?.jpeg.length ?? 0;
    this.pictures.delete(key);
  }
}
