import { Inject, Injectable } from '@nestjs/common';
import { errorCode, Limiter, QueueFullError, SharedWork, toSeconds, type Clock } from '@vr/base';
import { BusyError, type GapBody } from '@vr/contracts';
import { isStillThere, layOutClip, readClipRange, type Gap } from '@vr/footage';
import { BoxError, type ClipTexts } from '@vr/mp4';
import { CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { tagOf } from '../http/entity-tag';
import { FootageService } from './footage-service';
import { KeptClips, type RangeClip } from './kept-clips';
import type { SpanMs } from './timeline';

/** What the viewer has already. */
export interface Continuation {
  /** Whether he wants a further piece of a file that he has begun to read. */
  goesOn: boolean;
  /** The tag of that file, where he names it. */
  tag?: string;
}

export const LONGEST_CLIP_MS = 3_600_000;
/** The tables of an hour take about 10 MB while they are made. */
const LAYOUTS_AT_ONCE = 2;
const MOST_WAITING = 32;
const LAYOUT_RETRY_MS = 2000;
/** Each holds a file open and takes about 300 KB. */
const STREAMS_AT_ONCE = 64;
const STREAM_RETRY_MS = 10_000;
/** Footage of now may be on its way to the disk for this long. It is not missing. */
const ARRIVAL_MS = 3000;
/** The janitor may delete footage between its finding and its reading. */
const TRIES = 3;

/** Any range of footage as one MP4. It exists in the answer only: there is no job and no file. */
@Injectable()
export class RangeClips {
  private readonly layouts = new Limiter(LAYOUTS_AT_ONCE, MOST_WAITING);
  private readonly streams = new Limiter(STREAMS_AT_ONCE, 0);
  private readonly shared: SharedWork<RangeClip>;
  private readonly kept: KeptClips;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FootageService) private readonly footage: Pick<FootageService, 'noFootage'>,
  ) {
    this.shared = new SharedWork(clock);
    this.kept = new KeptClips(clock);
  }

  /** The file that the viewer has begun, else one of the footage as it is now. Throws `no_footage`, BusyError. */
  async of(cameraId: string, asked: SpanMs, { goesOn, tag }: Continuation, signal: AbortSignal): Promise<RangeClip> {
    const range = `${cameraId} ${asked.startMs} ${asked.endMs}`;
    const known = this.kept.find(range, tag);
    const isWanted = known && (known.isFinal || (goesOn && (tag === undefined || tag === known.tag)));
    if (isWanted) {
      if (await isStillThere(known.layout)) return known;
      this.kept.forget(known);
    }
    const layOut = (wanted: AbortSignal): Promise<RangeClip> =>
      orBusy(
        this.layouts.run(() => this.layOut(cameraId, asked, range), wanted),
        LAYOUT_RETRY_MS,
      );
    const clip = await this.shared.share(range, layOut, signal);
    this.kept.keep(clip);
    return clip;
  }

  /** Throws BusyError where as many files are being sent as may be. */
  async send(work: () => Promise<void>): Promise<void> {
    await orBusy(this.streams.run(work), STREAM_RETRY_MS);
  }

  private async layOut(cameraId: string, asked: SpanMs, range: string): Promise<RangeClip> {
    const nowMs = this.clock.nowMs();
    const endMs = Math.min(asked.endMs, nowMs); // the future is no gap
    let by: 'index' | 'headers' = 'index';
    for (let attempt = 1; asked.startMs < endMs; attempt++) {
      try {
        const found = await readClipRange(this.config.RECORDINGS_DIR, cameraId, asked.startMs, endMs, by);
        const last = found.pieces.at(-1);
        if (!last) break;
        const isOpen = found.pieces.some(({ segment }) => segment.endMs === undefined);
        const isOnItsWay = ({ startMs }: Gap): boolean => startMs >= Math.max(last.endMs, nowMs - ARRIVAL_MS);
        const gaps = found.gaps.filter((gap) => !isOnItsWay(gap));
        const layout = await layOutClip(found.pieces, asked.startMs, endMs, textsOf(cameraId, asked, gaps));
        const isFinal = !isOpen && asked.endMs < nowMs - ARRIVAL_MS;
        return { range, layout, tag: tagOf(layout.head), gaps: gaps.map(toBody), isFinal };
      } catch (error) {
        if (attempt >= TRIES || !(errorCode(error) === 'ENOENT' || error instanceof BoxError)) throw error;
        if (error instanceof BoxError) by = 'headers';
      }
    }
    return this.footage.noFootage(cameraId, asked);
  }
}

async function orBusy<T>(work: Promise<T>, retryAfterMs: number): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    throw new BusyError('too many ranges of footage are asked for at once: ask again later', retryAfterMs);
  }
}

function toBody({ startMs, endMs, reason }: Gap): GapBody {
  return { start: toSeconds(startMs), end: toSeconds(endMs), reason };
}

/** What a player shows of the file itself. */
function textsOf(cameraId: string, asked: SpanMs, gaps: readonly Gap[]): ClipTexts {
  const instant = (ms: number): string => new Date(ms).toISOString();
  const span = ({ startMs, endMs }: SpanMs): string => `${instant(startMs)} to ${instant(endMs)}`;
  // Reasons are left out: they may become known later, and the same footage must give the same bytes.
  const comment = gaps.length === 0 ? 'no gaps' : `gaps: ${gaps.map(span).join(', ')}`;
  return { title: `${cameraId} ${span(asked)}`, artist: cameraId, comment };
}
