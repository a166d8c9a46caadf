import { at, type FootageShelf } from './shelf';
import type { Deletion, DeletionReason } from './stored';

/**
 * A segment that goes, by its place on its shelf: a plan may have hundreds of thousands, and each of the numbers would
 * be an object more.
 */
export class FootageDeletion implements Deletion<never> {
  constructor(
    private readonly shelf: FootageShelf,
    private readonly row: number,
    readonly reason: DeletionReason,
  ) {}

  get kind(): 'footage' {
    return 'footage';
  }
  get cameraId(): string {
    return this.shelf.cameraId;
  }
  get day(): string {
    return this.shelf.day;
  }
  get startMs(): number {
    return at(this.shelf.startMs, this.row);
  }
  get endMs(): number {
    return at(this.shelf.endMs, this.row);
  }
  get sizeBytes(): number {
    return at(this.shelf.sizeBytes, this.row);
  }
}
