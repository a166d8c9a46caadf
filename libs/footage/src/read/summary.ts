/**
 * Sums up a camera's footage for a person, from names, sizes, gaps.jsonl and gap.json. It opens open segments only, to
 * see where they end.
 */
import { lstat } from 'node:fs/promises';
import { errorCode } from '@vr/base';
import { BoxError } from '@vr/mp4';
import { listSegments, type Segment } from '../files/catalogue';
import { continuityOf, type SpanMs } from './continuity';
import type { Gap } from '../files/gaps';
import { knownGaps } from '../files/open-gap';
import { openSegment } from './open-segment';
import { readIndexOfFile } from './segment-index';

export interface CameraSummary {
  cameraId: string;
  segments: number;
  sizeBytes: number;
  /** Sorted and clipped to the range. Neighbours are not joined. */
  spans: SpanMs[];
  /** Between the spans. Where no line says why, the reason is `unknown`. */
  gaps: Gap[];
}

/** Sums up [fromMs, toMs). Sizes are those of whole segments. */
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
    const span = { startMs: Math.max(facts.startMs, fromMs), endMs: Math.min(facts.endMs, toMs) };
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

interface Facts {
  startMs: number;
  endMs: number;
  sizeBytes: number;
}

/** Undefined where the file was deleted since it was listed, or holds nothing yet. */
async function factsOf(segment: Segment): Promise<Facts | undefined> {
  try {
    const { startMs, endMs } = segment;
    if (endMs === undefined) return await openFactsOf(segment);
    return { startMs, endMs, sizeBytes: (await lstat(segment.path)).size };
  } catch (error) {
    if (error instanceof BoxError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function openFactsOf(listed: Segment): Promise<Facts | undefined> {
  const { file, segment } = await openSegment(listed);
  try {
    const { fragments } = await readIndexOfFile(file, segment.startMs);
    const endMs = fragments.at(-1)?.endMs;
    return endMs === undefined ? undefined : { startMs: segment.startMs, endMs, sizeBytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
