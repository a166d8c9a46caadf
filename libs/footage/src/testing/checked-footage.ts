import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { appendGap } from '../files/gaps';
import { segmentPath } from '../files/names';
import type { TestStream } from './test-stream';

export const START_MS = Date.UTC(2026, 10, 23, 10);
export const at = (second: number): number => START_MS + second * 1000;
/** Long after the footage, so nothing in these folders is young unless a test makes it so. */
export const clock = { nowMs: () => START_MS + 86_400_000, monotonicMs: () => 0 };

/**
 * Records of `cam` the seconds 0 to 6, 6 to 12 (`middle`) and, after a gap with its line, 20 to 26 (`last`). All of it
 * is in order.
 */
export async function recordFootage(stream: TestStream): Promise<TemporaryFolder & { middle: string; last: string }> {
  const temporary = await temporaryFolder('check');
  const { path } = temporary;
  await stream.record(path, 'cam', START_MS, 0, 6);
  await stream.record(path, 'cam', START_MS, 6, 12);
  await appendGap(path, 'cam', { startMs: at(12), endMs: at(20), reason: 'camera_stalled' });
  await stream.record(path, 'cam', at(20), 0, 6);
  return { ...temporary, middle: segmentPath(path, 'cam', at(6), 6000), last: segmentPath(path, 'cam', at(20), 6000) };
}
