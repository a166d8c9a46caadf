import { at } from './checked-footage';
import type { TestStream } from './test-stream';
import type { FindingKind } from '../check/findings';
import { segmentPath } from '../files/names';

/** A fault in the footage of `recordFootage`, with what the truth check must say and do about it. */
export interface Damage {
  what: string;
  kinds: FindingKind[];
  do: (folder: string, stream: TestStream) => Promise<unknown>;
  /** The kinds that remain after a repair. Without any, the footage is in order afterwards. */
  left?: FindingKind[];
  after?: (folder: string) => Promise<void>;
}

/** The segments of `recordFootage` that get damaged. */
export const middle = (folder: string): string => segmentPath(folder, 'cam', at(6), 6000);
export const last = (folder: string): string => segmentPath(folder, 'cam', at(20), 6000);
