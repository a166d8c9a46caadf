import { at } from './checked-footage';
import type { TestStream } from './test-stream';
import type { FindingKind } from '../check/findings';
import { segmentPath } from '../files/names';

/** Something that is wrong with the footage of `recordFootage`, and what the truth check must say and do about it. */
export interface Damage {
  what: string;
  kinds: FindingKind[];
  do: (folder: string, stream: TestStream) => Promise<unknown>;
  /** Kinds that a repair leaves. Without any, the footage is in order afterwards. */
  left?: FindingKind[];
  after?: (folder: string) => Promise<void>;
}

/** The segments of `recordFootage` that are damaged. */
export const middle = (folder: string): string => segmentPath(folder, 'cam', at(6), 6000);
export const last = (folder: string): string => segmentPath(folder, 'cam', at(20), 6000);
