/**
 * What there is of a camera, for a person: from names, sizes, gaps.jsonl and gap.json. Only an open segment is opened,
 * to see how far it goes.
 */
import { lstat } from 'node:fs/promises';
import { BoxError } from '@vr/mp4';
import { listSegments, type Segment } from '../files/catalogue';
import { continuityOf, type SpanMs } from './continuity';
import type { Gap } from '../files/gaps';
import { knownGaps } from '../files/open-gap';
import { readSegmentIndex } from './segment-index';

export interface CameraSummary {
  cameraId: string;
  segments: number;
  sizeBytes: number;
  /** Sorted, clipped to the range; neighbours are not joined. */
  spans: SpanMs[];
  /** Between the spans; without a line that says why, the reason is `unknown`. */
  gaps: Gap[];
}

/** Of [fromMs, toMs). Sizes are of whole segments. */
export async function summariseFootage(
  recordingsDir: string,
  cameraId: string,
  fromMs = -Infinity,
  toMs = Infinity,
): Promise<CameraSummary> {
  const summary: CameraSummary = { cameraId, segments: 0, sizeBytes: 0, spans: [], gaps: [] };
  for (const segment of await listSegments(recordingsDir, cameraId, fromMs, toMs)) {
    const facts = await factsOf(segment);
    if (!facts) continue;
    summary.segments++;
    summary.sizeBytes += facts.sizeBytes;
    const span = { startMs: Math.max(segment.startMs, fromMs), endMs: Math.min(facts.endMs, toMs) };
    if (span.endMs > span.startMs) summary.spans.push(span);
  }
  const [first, last] = [summary.spans[0], summary.spans.at(-1)];
  if (!first || !last) return summary;
  const lines = await knownGaps(recordingsDir, cameraId, first.startMs, last.endMs);
  const { explained, missing } = continuityOf(summary.spans, lines);
  summary.gaps = [...explained, ...missing.map((hole): Gap => ({ ...hole, reason: 'unknown' }))].sort(
    (a, b) => a.startMs - b.startMs,
  );
  return summary;
}

/** Undefined where the file is gone, by retention or because it was just closed, or holds nothing yet. */
async function factsOf(segment: Segment): Promise<{ sizeBytes: number; endMs: number } | undefined> {
  try {
    const { size } = await lstat(segment.path);
    const endMs = segment.endMs ?? (await readSegmentIndex(segment)).fragments.at(-1)?.endMs;
    return endMs === undefined ? undefined : { sizeBytes: size, endMs };
  } catch (error) {
    if (error instanceof BoxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
