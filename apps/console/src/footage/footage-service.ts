import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { largestOf, toSeconds, type Clock } from '@vr/base';
import type { FootageFile, GapBody, Span } from '@vr/contracts';
import {
  hlsPlaylist,
  liveHlsPlaylist,
  holesBetween,
  isNoFile,
  KeyIndex,
  knownGaps,
  type Gap,
  listSegments,
  newestFragment,
  openSegment,
  parseSegmentName,
  readIndexed,
  segmentPath,
  shiftedBytes,
  type Segment,
} from '@vr/footage';
import { codecsOf } from '@vr/mp4';
import { CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import type { ByteRange } from '../http/send';
import { NoFootageError } from '../http/error.filter';
import { footageFile, usualDistance } from './key-columns';
import { gapsBetween, nearestSpans, spansOf, type SpanMs } from './timeline';

/** A thumbnail shows what was a little before, rather than nothing. */
const NEAR_MS = 1000;
/** In a file that grows, a key frame that follows within this time shows that a group is whole. */
const NEXT_KEY_MS = 10_000;

/** A recorded file, open for reading. Whoever gets it closes it. */
export interface SegmentFile {
  file: FileHandle;
  segment: Segment;
  sizeBytes: number;
  /** The start in the name by which the file was asked for. */
  namedStartMs: number;
}

/** Where the key frames of a range are, for a player. */
export interface FoundIndex {
  /** The least distance of the key frames that are listed, in seconds; 0 where all are. */
  every: number;
  files: FootageFile[];
  gaps: GapBody[];
}

@Injectable()
export class FootageService {
  private readonly keys: KeyIndex;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.keys = new KeyIndex(config.RECORDINGS_DIR);
  }

  async timeline(cameraId: string, range: SpanMs): Promise<{ spans: Span[]; gaps: GapBody[] }> {
    // The future is no gap.
    const asked = { startMs: range.startMs, endMs: Math.min(range.endMs, this.clock.nowMs()) };
    if (asked.endMs <= asked.startMs) return { spans: [], gaps: [] };
    const [spans, known] = await Promise.all([
      this.spans(cameraId, asked),
      knownGaps(this.config.RECORDINGS_DIR, cameraId, asked.startMs, asked.endMs),
    ]);
    return { spans: spans.map(toSpan), gaps: gapsBetween(spans, asked, known).map(toGap) };
  }

  /** `every`: the wanted distance, in seconds. Without it the one that keeps the answer short. */
  async index(cameraId: string, range: SpanMs, every: number | undefined): Promise<FoundIndex> {
    const { startMs } = range;
    const endMs = Math.min(range.endMs, this.clock.nowMs()); // the future is no gap
    if (endMs <= startMs) return { every: every ?? 0, files: [], gaps: [] };
    const pieces = await this.keys.pieces(cameraId, startMs, endMs);
    const gaps = await holesBetween(pieces, this.config.RECORDINGS_DIR, cameraId, startMs, endMs);
    const distance = every ?? usualDistance(pieces);
    return { every: distance, files: pieces.map((piece) => footageFile(piece, distance)), gaps: gaps.map(toGap) };
  }

  /**
   * The key frame at or before an instant, where footage reaches that near. `isFinal`: no later one can take its place.
   */
  async keyFrameAt(cameraId: string, atMs: number): Promise<{ shownMs: number; isFinal: boolean } | undefined> {
    for (const { segment, fragments } of (
      await this.keys.pieces(cameraId, atMs - NEAR_MS, atMs + NEXT_KEY_MS)
    ).reverse()) {
      const index = fragments.findLastIndex(({ startMs, reorderMs }) => startMs + reorderMs <= atMs);
      const group = fragments[index];
      if (!group) continue;
      const isWhole = segment.endMs !== undefined || index < fragments.length - 1;
      return { shownMs: group.startMs + group.reorderMs, isFinal: isWhole && atMs < group.endMs + group.reorderMs };
    }
    return undefined;
  }

  /** Gaps are HLS discontinuities. Throws `no_footage` with the nearest spans where the range holds no footage. */
  async playlist(cameraId: string, asked: SpanMs): Promise<string> {
    const pieces = await this.keys.pieces(cameraId, asked.startMs, asked.endMs);
    if (pieces.length === 0) return this.noFootage(cameraId, asked);
    return hlsPlaylist(pieces, addressOf);
  }

  /** What was recorded since `zeroMs`, as a playlist that grows. Throws `no_footage`. */
  async livePlaylist(cameraId: string, zeroMs: number): Promise<string> {
    const nowMs = this.clock.nowMs();
    const playlist = liveHlsPlaylist(await this.keys.pieces(cameraId, zeroMs, nowMs), zeroMs, addressOf);
    return playlist ?? this.noFootage(cameraId, { startMs: zeroMs, endMs: nowMs });
  }

  /** How a track is to be announced to a player. Undefined where it has no footage since then. */
  async announced(cameraId: string, sinceMs: number): Promise<string | undefined> {
    const piece = (await this.keys.pieces(cameraId, sinceMs, this.clock.nowMs())).at(-1);
    if (!piece) return undefined;
    const { init } = piece.index;
    const rates = piece.fragments.map(({ sizeBytes, startMs, endMs }) => (sizeBytes * 8000) / (endMs - startMs || 1));
    return [
      `BANDWIDTH=${Math.ceil(largestOf([1, ...rates]))}`,
      `CODECS="${codecsOf(init)}"`,
      `RESOLUTION=${init.video.width}x${init.video.height}`,
    ].join();
  }

  /** Throws `no_footage`, and says what there is before and after. */
  async noFootage(cameraId: string, asked: SpanMs): Promise<never> {
    const nearest = nearestSpans(await this.spans(cameraId, { startMs: 0, endMs: this.clock.nowMs() }), asked).map(
      toSpan,
    );
    const hint = nearest.length > 0 ? 'the nearest that there is stands in `nearest`' : 'there is none at all yet';
    throw new NoFootageError(`camera ${cameraId} has no footage of the wanted time; ${hint}`, nearest);
  }

  /** A recorded file by its name. A file that was open when its name was given out may have its final name by now. */
  async segmentFile(fileName: string): Promise<SegmentFile | undefined> {
    const name = parseSegmentName(fileName);
    if (!name) return undefined;
    const { cameraId, startMs, durationMs } = name;
    const recordingsDir = this.config.RECORDINGS_DIR;
    const path = segmentPath(recordingsDir, cameraId, startMs, durationMs);
    const endMs = durationMs === undefined ? undefined : startMs + durationMs;
    return opened({ recordingsDir, cameraId, path, fileName, startMs, endMs });
  }

  /**
   * The file's bytes as they are. With `zeroMs` its media time counts from there. The start of a young segment may have
   * moved since its name was given out: the time line stays the one that was promised with the name.
   */
  async read({ file, segment, namedStartMs }: SegmentFile, range: ByteRange, zeroMs?: number): Promise<Readable> {
    const indexed = zeroMs === undefined ? undefined : await readIndexed(segment);
    if (indexed && zeroMs !== undefined)
      return Readable.from(shiftedBytes(file, indexed.index, namedStartMs - zeroMs, range), { objectMode: false });
    return file.createReadStream({ ...range, autoClose: false });
  }

  private async spans(cameraId: string, range: SpanMs): Promise<SpanMs[]> {
    const segments = await listSegments(this.config.RECORDINGS_DIR, cameraId, range.startMs, range.endMs);
    const open = segments.some(({ endMs }) => endMs === undefined);
    const newest = open ? await newestFragment(this.config.RECORDINGS_DIR, cameraId) : undefined;
    return spansOf(segments, range, newest?.piece.endMs ?? 0);
  }
}

/** The address of a file whose media time is to count from there. */
function addressOf({ fileName }: Segment, zeroMs: number): string {
  return `/api/footage/${encodeURIComponent(fileName)}?zero=${zeroMs}`;
}

function toSpan({ startMs, endMs }: SpanMs): Span {
  return { start: toSeconds(startMs), end: toSeconds(endMs) };
}

function toGap({ startMs, endMs, reason }: Gap): GapBody {
  return { start: toSeconds(startMs), end: toSeconds(endMs), reason };
}

/** Undefined where there is no such file. */
async function opened(named: Segment): Promise<SegmentFile | undefined> {
  try {
    const { file, segment } = await openSegment(named);
    return { file, segment, sizeBytes: (await file.stat()).size, namedStartMs: named.startMs };
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
}
