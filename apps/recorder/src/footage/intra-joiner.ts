/**
 * Joins the fragments of a stream whose pictures are all key frames (MJPEG, and cameras that send only I frames).
 * ffmpeg begins a fragment at each key frame, so such a stream has a fragment a picture: 90,000 an hour, whose headers
 * every reader of a range has to read. Joined, they last half a second, as those of other streams do.
 *
 * Nothing is changed but the headers: times and bytes stay. A picture waits here for those behind it, for less than
 * half a second. Pictures that last so long on their own do not wait.
 */
import { joinedMoof, PRFT_BYTES, readDurations } from '@vr/mp4';
import { BLOCK_BYTES, type BlockPool } from './block-pool';
import { readFragment, type ArrivedFragment } from './fragment-stream';

/** As long as the fragments that ffmpeg makes of other streams (libs/media/src/record-arguments.ts). */
const FRAGMENT_MS = 500;
/** Their headers must fit into one block, and one fragment must not be most of a queue. */
const MOST_PICTURES = 64;
const MOST_BYTES = 8 * 1024 * 1024;

export class IntraJoiner {
  private held: ArrivedFragment[] = [];
  private heldBytes = 0;

  constructor(private readonly pool: BlockPool) {}

  /** Takes the stream's next fragment. Gives what is complete by now, in order. */
  *take(fragment: ArrivedFragment): Generator<ArrivedFragment> {
    if (!this.follows(fragment)) yield* this.flush();
    if (!isOneKeyPicture(fragment)) {
      yield* this.flush();
      yield fragment;
      return;
    }
    this.held.push(fragment);
    this.heldBytes += fragment.sizeBytes;
    const lastsMs = fragment.mediaEndMs - (this.held[0]?.mediaStartMs ?? 0);
    if (lastsMs >= FRAGMENT_MS || this.held.length >= MOST_PICTURES || this.heldBytes >= MOST_BYTES)
      yield* this.flush();
  }

  /** The stream ends, or something else comes: what waits is whole. */
  *flush(): Generator<ArrivedFragment> {
    const { held } = this;
    this.held = [];
    this.heldBytes = 0;
    const [first, ...others] = held;
    if (!first) return;
    yield others.length === 0 ? first : this.joined(held, first);
  }

  /** Nobody wants what waits. */
  drop(): void {
    for (const { blocks } of this.held.splice(0)) this.pool.giveBack(blocks);
    this.heldBytes = 0;
  }

  /** A jump in the stamps has to be seen between two fragments, and one fragment has one init segment. */
  private follows({ init, video }: ArrivedFragment): boolean {
    const before = this.held.at(-1);
    if (!before) return true;
    return before.init === init && before.video.baseDecodeTime + before.video.durationTicks === video.baseDecodeTime;
  }

  private joined(held: readonly ArrivedFragment[], { init, video }: ArrivedFragment): ArrivedFragment {
    const head = joinedMoof({
      trackId: video.track.id,
      baseDecodeTime: video.baseDecodeTime,
      durations: held.flatMap((each) => readDurations(each.bytes, each.video)),
      sizes: held.map((each) => each.sizeBytes - each.video.firstSampleOffset),
    });
    const headBytes = PRFT_BYTES + head.length;
    const sizeBytes = held.reduce((sum, each) => sum + each.sizeBytes - each.video.firstSampleOffset, headBytes);
    const blocks = this.pool.lend(sizeBytes);
    const parts = blocks.map((block, i) => block.subarray(0, sizeBytes - i * BLOCK_BYTES));
    head.copy(parts[0] ?? head, PRFT_BYTES);
    let at = headBytes;
    for (const each of held)
      for (const [i, part] of [each.bytes, ...each.rest].entries())
        at = copyInto(parts, at, i === 0 ? part.subarray(each.video.firstSampleOffset) : part);
    for (const each of held) this.pool.giveBack(each.blocks);
    const [bytes, ...rest] = parts;
    const whole = bytes && readFragment({ parts: [bytes, ...rest], sizeBytes, blocks }, init);
    if (!whole) throw new RangeError(`a joined fragment of ${sizeBytes} bytes without its pictures`);
    return whole;
  }
}

function isOneKeyPicture({ tracks, video, mediaStartMs, mediaEndMs }: ArrivedFragment): boolean {
  const isAlone = tracks.length === 1 && video.sampleCount === 1 && video.firstCompositionTicks === 0;
  return isAlone && video.startsWithKey && mediaEndMs - mediaStartMs < FRAGMENT_MS;
}

/** Copies bytes into parts of BLOCK_BYTES each, from `at` on. @returns the place behind them */
function copyInto(parts: readonly Buffer[], at: number, bytes: Buffer): number {
  let from = 0;
  while (from < bytes.length) {
    const place = at + from;
    from += bytes.copy(parts[Math.floor(place / BLOCK_BYTES)] ?? bytes, place % BLOCK_BYTES, from);
  }
  return at + bytes.length;
}
