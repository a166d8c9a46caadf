/**
 * Pictures to fragments: at each key frame, and after half a second (docs/decisions/0005). Pictures come in the order
 * in which they are shown: B-frames are not known here yet, so stamps that go back end the run.
 */
import {
  fragmentHeadBytes,
  initSegment,
  PRFT_BYTES,
  readParameterSet,
  writeFragmentHead,
  type InitSegment,
  type NalCodec,
  type ParameterSet,
} from '@vr/mp4';
import { RtspFault, type Picture } from '@vr/rtsp';
import type { BlockPool } from '../footage/block-pool';
import { readFragment, type ArrivedFragment } from '../footage/fragment-stream';
import { PictureBlocks } from './picture-blocks';

const TIMESCALE = 90_000;
const FRAGMENT_TICKS = TIMESCALE / 2;
/** Several pictures with one stamp get a tick each. Stamps that go back further are of B-frames, or nonsense. */
const MAY_GO_BACK_TICKS = 90;
const MOST_SAMPLES = 1024;
const MOST_SETS = 16;

export class PictureFragments {
  readonly memory: PictureBlocks;
  private readonly sets: ParameterSet[] = [];
  private init: InitSegment | undefined;
  private sequence = 0;
  private readonly durations = new Uint32Array(MOST_SAMPLES);
  private readonly sizes = new Uint32Array(MOST_SAMPLES);
  private readonly keys = new Uint8Array(MOST_SAMPLES);
  private count = 0;
  private baseTicks = 0;
  private ticks = 0;
  private sizeBytes = 0;
  private readonly waitingSets: Buffer[] = [];
  private lastTimestamp: number | undefined;

  constructor(
    private readonly codec: NalCodec,
    pool: BlockPool,
    private readonly take: (fragment: ArrivedFragment) => void,
  ) {
    this.memory = new PictureBlocks(pool);
  }

  /** Sets of the description, or of a key frame: the next fragment is described by them. */
  setParameterSets(sets: readonly Buffer[]): void {
    for (const bytes of sets) {
      const set = readParameterSet(this.codec, bytes);
      if (!set) continue;
      const at = this.sets.findIndex(({ kind, id }) => kind === set.kind && id === set.id);
      if (at >= 0 && this.sets[at]?.bytes.equals(bytes)) continue;
      if (at >= 0) this.sets[at] = set;
      else this.sets.push(set);
      this.init = undefined;
    }
  }

  /** Throws RtspFault if a fragment cannot be made of it. */
  picture({ timestamp, key, sizeBytes, parameterSets }: Picture): void {
    if (this.lastTimestamp === undefined && !key) {
      this.memory.drop();
      return;
    }
    const step = this.lastTimestamp === undefined ? 0 : this.stepTo(timestamp, this.lastTimestamp);
    if (this.count > 0) {
      this.durations[this.count - 1] = step;
      this.ticks += step;
      if (key || this.ticks - this.baseTicks >= FRAGMENT_TICKS || this.count === MOST_SAMPLES) this.flush();
    }
    // Sets that came before a key frame wait for it: only there may the stream change.
    for (const set of parameterSets) this.waitingSets.push(set);
    if (key) this.setParameterSets(this.waitingSets.splice(0));
    else if (this.waitingSets.length > MOST_SETS) this.waitingSets.splice(0, this.waitingSets.length - MOST_SETS);
    this.lastTimestamp = ((this.lastTimestamp ?? timestamp) + step) >>> 0;
    this.keys[this.count] = key ? 1 : 0;
    this.sizes[this.count] = sizeBytes;
    this.count += 1;
    this.sizeBytes += sizeBytes;
    this.memory.keep();
  }

  /** The stream ended well. How long the last picture lasts nobody knows any more: as long as the one before. */
  finish(): void {
    if (this.count < 2) return;
    const step = this.durations[this.count - 2] ?? 1;
    this.durations[this.count - 1] = step;
    this.ticks += step;
    this.flush();
  }

  private stepTo(timestamp: number, before: number): number {
    const step = (timestamp - before) | 0;
    if (step < -MAY_GO_BACK_TICKS)
      throw new RtspFault(
        'invalid',
        `wanted pictures in the order in which they are shown, got one ${-step} ticks back`,
      );
    return Math.max(1, step);
  }

  private flush(): void {
    this.init ??= initSegment({ codec: this.codec, sets: this.sets, timescale: TIMESCALE });
    const { init, count } = this;
    if (!init)
      throw new RtspFault(
        'invalid',
        'wanted the parameter sets of the pictures, got none in the description nor before',
      );
    const { parts, blocks } = this.memory.cut(this.sizeBytes);
    const tracks = [
      { id: 1, baseDecodeTime: this.baseTicks, count, durations: this.durations, sizes: this.sizes, keys: this.keys },
    ];
    const headBytes = PRFT_BYTES + fragmentHeadBytes(tracks);
    const bytes = Buffer.allocUnsafe(headBytes);
    writeFragmentHead(bytes, PRFT_BYTES, ++this.sequence, tracks);
    const sizeBytes = headBytes + this.sizeBytes;
    const fragment = readFragment({ parts: [bytes, ...parts], sizeBytes, blocks }, init);
    if (!fragment) throw new RtspFault('invalid', 'wanted a fragment with pictures, wrote one without');
    this.take(fragment);
    this.baseTicks = this.ticks;
    this.count = 0;
    this.sizeBytes = 0;
  }
}
