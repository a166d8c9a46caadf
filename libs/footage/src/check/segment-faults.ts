/**
 * Finds where a segment's contents disagree with its name and with docs/workers/recorder.md. It works on one scan of
 * the boxes and does no I/O.
 */
import { BoxError, readBoxHeader, parseRandomAccess, type KeyFragment } from '@vr/mp4';
import { indexFromScan, type IndexedFragment } from '../read/segment-index';
import { producerStartMs, wrongProducerTimes } from '../write/segment-mending';
import type { SegmentScan } from '../read/segment-scan';
import type { FoundSegment } from './camera-folder';
import { SEAM_MS } from '../files/names';
import type { SpanMs } from '../read/continuity';
import { instant, type Fault } from './findings';

export interface SegmentFacts {
  /** The span of the contents. Undefined where there is no picture. */
  span?: SpanMs;
  faults: Fault[];
}

/** A sample this many times longer than the rest, and at least this long, is an interruption that nobody noted. */
const FROZEN_TIMES_AVERAGE = 10;
const FROZEN_MS = 2000;
/**
 * In a fragment that audio leads, ffmpeg guesses the length of the last picture. It may be wrong by up to a picture.
 */
const MAX_GUESS_MS = 200;

/** `tail`: the bytes behind the last whole fragment of a closed file. */
export function closedSegmentFacts(segment: FoundSegment, scan: SegmentScan, tail: Buffer): SegmentFacts {
  const startMs = stampedStartMs(segment, scan);
  const { span, faults } = openSegmentFacts(segment, scan, startMs);
  if (!span)
    return {
      faults: [
        ...faults,
        {
          kind: 'fragments_none',
          wanted: 'at least one whole fragment with pictures',
          found: `${scan.fragments.length} fragments, none with pictures`,
        },
      ],
    };
  if (segment.durationMs !== undefined) {
    for (const fault of [...nameFaults(segment, span.endMs - startMs), ...tailFaults(scan, tail)]) faults.push(fault);
  }
  if (Math.abs(startMs - segment.startMs) > SEAM_MS) {
    faults.push({
      kind: 'start_wrong',
      wanted: `a start of ${instant(segment.startMs)}, as the name says`,
      found: `${instant(startMs)} in every prft`,
    });
  }
  const wrong = wrongProducerTimes(scan, startMs);
  if (wrong.length > 0) {
    const [first] = wrong;
    const off = Math.round((first && producerStartMs(first)) ?? startMs) - startMs;
    faults.push({
      kind: 'producer_time_wrong',
      wanted: 'prft = start in the name + tfdt',
      found: `${wrong.length} of ${scan.fragments.length} prft say otherwise, the first by ${off} ms`,
    });
  }
  return { span, faults };
}

/** Facts and faults that also count for a segment that is being written. */
export function openSegmentFacts(segment: FoundSegment, scan: SegmentScan, startMs = segment.startMs): SegmentFacts {
  const { fragments } = indexFromScan(scan, startMs);
  const first = fragments[0];
  if (!first) return { faults: [] };
  const faults: Fault[] = [...strangerFaults(scan), ...timeFaults(scan, fragments)];
  if (!first.key)
    faults.push({
      kind: 'key_frame_missing',
      wanted: 'a first fragment that begins with a key frame',
      found: 'one that needs a picture before it',
    });
  if (first.startMs - startMs > SEAM_MS) {
    faults.push({
      kind: 'time_hole',
      wanted: `a first picture at ${instant(startMs)}, where the segment starts`,
      found: `its tfdt says ${instant(first.startMs)}`,
    });
  }
  const endMs = fragments.reduce((end, fragment) => Math.max(end, fragment.endMs), -Infinity);
  return { span: { startMs: Math.floor(first.startMs), endMs: Math.floor(endMs) }, faults };
}

/** The start on which all `prft` agree. It is the name's start where they disagree or where there are none. */
export function stampedStartMs(segment: Pick<FoundSegment, 'startMs'>, scan: SegmentScan): number {
  const [first] = scan.fragments;
  const stampedMs = first && producerStartMs(first);
  if (stampedMs === undefined || Math.abs(stampedMs - segment.startMs) <= SEAM_MS + 1) return segment.startMs;
  return wrongProducerTimes(scan, stampedMs).length === 0 ? Math.round(stampedMs) : segment.startMs;
}

function nameFaults({ startMs, durationMs }: FoundSegment, foundMs: number): Fault[] {
  if (durationMs === undefined || Math.abs(foundMs - durationMs) <= SEAM_MS) return [];
  return [
    {
      kind: 'duration_wrong',
      wanted: `${durationMs} ms from ${instant(startMs)} on, as the name says`,
      found: `${foundMs} ms`,
    },
  ];
}

function tailFaults(scan: SegmentScan, tail: Buffer): Fault[] {
  const bytes = scan.sizeBytes - scan.endOffset;
  const keys = indexFromScan(scan, 0).fragments.filter((fragment) => fragment.key);
  const wanted = `an mfra with ${keys.length} key frames behind the last fragment`;
  if (bytes === 0) return [{ kind: 'index_missing', wanted, found: 'nothing' }];
  let found: KeyFragment[];
  try {
    const box = readBoxHeader(tail, 0);
    if (box?.type !== 'mfra' || box.end !== bytes)
      return [
        { kind: 'torn_tail', wanted: `${wanted} and nothing else`, found: `${bytes} bytes that are no such box` },
      ];
    found = parseRandomAccess(tail);
  } catch (error) {
    if (!(error instanceof BoxError)) throw error;
    const isMfra = tail.toString('latin1', 4, 8) === 'mfra' && tail.readUInt32BE(0) === bytes;
    return [{ kind: isMfra ? 'index_wrong' : 'torn_tail', wanted, found: `${bytes} bytes: ${error.message}` }];
  }
  const same = found.length === keys.length && found.every((key, i) => isSame(key, keys[i]));
  return same ? [] : [{ kind: 'index_wrong', wanted, found: `one with ${found.length}, which point elsewhere` }];
}

function isSame(a: KeyFragment, b: KeyFragment | undefined): boolean {
  return b !== undefined && a.moofOffset === b.moofOffset && Math.abs(a.ticks - b.ticks) <= 1; // both were rounded
}

function strangerFaults({ strangers }: SegmentScan): Fault[] {
  const [first] = strangers;
  if (!first) return [];
  return [
    {
      kind: 'box_unexpected',
      wanted: 'ftyp moov (prft moof mdat)* mfra',
      found: `${strangers.length} other, the first a ${first.type} at byte ${first.offset}`,
    },
  ];
}

function timeFaults(scan: SegmentScan, fragments: readonly IndexedFragment[]): Fault[] {
  const holes: string[] = [];
  const backwards: string[] = [];
  const toleranceMs = SEAM_MS + (scan.init.tracks.size > 1 ? guessMs(scan) : 0);
  fragments.forEach((fragment, i) => {
    const before = fragments[i - 1];
    if (!before) return;
    const holeMs = fragment.startMs - before.endMs;
    if (holeMs > toleranceMs) holes.push(`${Math.round(holeMs)} ms before ${instant(fragment.startMs)}`);
    if (holeMs < -toleranceMs || fragment.ticks < before.ticks)
      backwards.push(`${Math.round(-holeMs)} ms at ${instant(fragment.startMs)}`);
  });
  for (const hole of frozen(scan, fragments)) holes.push(hole);
  return [
    ...(holes.length > 0
      ? [{ kind: 'time_hole' as const, wanted: 'fragments that follow each other', found: listed(holes) }]
      : []),
    ...(backwards.length > 0
      ? [
          {
            kind: 'time_backwards' as const,
            wanted: 'fragments that follow each other',
            found: `back by ${listed(backwards)}`,
          },
        ]
      : []),
  ];
}

function frozen(scan: SegmentScan, fragments: readonly IndexedFragment[]): string[] {
  const videos = scan.fragments.flatMap(({ tracks }) => tracks.find(({ track }) => track.kind === 'video') ?? []);
  const ticks = videos.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
  const samples = videos.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
  return videos.flatMap(({ longestSampleTicks, track }, i) => {
    const lengthMs = (longestSampleTicks / track.timescale) * 1000;
    const averageTicks = (ticks - longestSampleTicks) / Math.max(1, samples - 1);
    const isFrozen = lengthMs > FROZEN_MS && longestSampleTicks > FROZEN_TIMES_AVERAGE * averageTicks;
    return isFrozen
      ? [`one picture stands for ${Math.round(lengthMs)} ms at about ${instant(fragments[i]?.startMs ?? 0)}`]
      : [];
  });
}

function guessMs(scan: SegmentScan): number {
  const longestMs = scan.fragments
    .flatMap(({ tracks }) => tracks)
    .reduce(
      (longest, { longestSampleTicks, track }) => Math.max(longest, (longestSampleTicks / track.timescale) * 1000),
      0,
    );
  return Math.min(MAX_GUESS_MS, longestMs);
}

function listed(found: readonly string[]): string {
  return found.length === 1 ? (found[0] ?? '') : `${found[0] ?? ''}, and ${found.length - 1} more`;
}
