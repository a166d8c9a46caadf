/**
 * NAL units to pictures (access units), each unit behind its length, as MP4 holds them. Where a picture begins is read
 * from the units themselves: cameras give several pictures one stamp, give one picture several, and set the marker as
 * they like. A picture of which a part is missing is dropped, and counted.
 */
import { hasRecoveryPoint, KIND_BYTES, nalKind, type NalKind, type VideoCodec } from './nal-kinds';
import type { NalSink } from './nal-sink';
import { RtspFault } from './rtsp-fault';

/** Where the bytes of the picture under way go. */
export interface PictureMemory {
  append(bytes: Buffer, from: number, to: number): void;
  /** Writes four bytes over those that lie `at` bytes behind the picture's beginning. */
  patchUint32(at: number, value: number): void;
  /** The picture under way is forgotten. */
  drop(): void;
}

export interface Picture {
  /** RTP's, of the instant that it shows. */
  timestamp: number;
  /** When its first packet came. */
  arrivalMs: number;
  sizeBytes: number;
  /** Decoding can begin here. */
  key: boolean;
  /** Those that stand in it, without their lengths; they lie in the picture too. */
  parameterSets: readonly Buffer[];
}

const LENGTH_BYTES = 4;
/** A key frame of 8K at the best quality has some 10 MB. */
const MOST_PICTURE_BYTES = 32 * 1024 * 1024;
/** Parameter sets are far shorter, and what of an SEI matters stands at its beginning. */
const MOST_KEPT_BYTES = 1024;
const PLACE_FOR_LENGTH = Buffer.alloc(LENGTH_BYTES);

interface UnderWay {
  timestamp: number;
  arrivalMs: number;
  sizeBytes: number;
  slices: boolean;
  key: boolean;
  parameterSets: Buffer[];
  damaged: boolean;
}

export class PictureAssembler implements NalSink {
  /** Pictures that came, and those of them that were dropped. */
  readonly counts = { pictures: 0, damaged: 0 };
  private picture: UnderWay | undefined;
  /** Of the unit under way: where its length stands in the picture. Undefined: its kind is not known yet. */
  private lengthAt: number | undefined;
  private kind: NalKind | undefined;
  private unit = { timestamp: 0, arrivalMs: 0 };
  private readonly head: Buffer;
  private headBytes = 0;
  private readonly kept = Buffer.alloc(MOST_KEPT_BYTES);
  private keptBytes = 0;
  /** The last unit was the picture's last, as its marker says. */
  private sawLast = false;
  /** Packets are missing since the last unit. */
  private missing = false;

  constructor(
    private readonly codec: VideoCodec,
    private readonly memory: PictureMemory,
    private readonly take: (picture: Picture) => void,
  ) {
    this.head = Buffer.alloc(KIND_BYTES[codec]);
  }

  begin(timestamp: number, arrivalMs: number): void {
    this.unit = { timestamp, arrivalMs };
    this.kind = undefined;
    this.lengthAt = undefined;
    this.headBytes = 0;
    this.keptBytes = 0;
  }

  append(bytes: Buffer, from: number, to: number): void {
    let at = from;
    if (this.lengthAt === undefined) {
      const count = Math.min(this.head.length - this.headBytes, to - from);
      bytes.copy(this.head, this.headBytes, from, from + count);
      this.headBytes += count;
      at += count;
      if (this.headBytes < this.head.length) return;
      this.place();
    }
    if (at < to) this.write(bytes, at, to);
  }

  end(last: boolean): void {
    if (this.lengthAt === undefined) this.place();
    const { picture, kind, lengthAt } = this;
    if (!picture || !kind || lengthAt === undefined) return;
    this.memory.patchUint32(lengthAt, picture.sizeBytes - lengthAt - LENGTH_BYTES);
    const kept = this.kept.subarray(0, this.keptBytes);
    if (kind.parameterSet && this.keptBytes < MOST_KEPT_BYTES) picture.parameterSets.push(Buffer.from(kept));
    if (this.codec === 'h264' && kind.sei && hasRecoveryPoint(kept)) picture.key = true;
    this.lengthAt = undefined;
    this.kind = undefined;
    this.sawLast = last;
  }

  lost(): void {
    this.missing = true;
    // What is under way is torn; what is whole as its marker says is not.
    const isWhole = this.sawLast && this.lengthAt === undefined;
    if (this.picture && !isWhole) this.picture.damaged = true;
    this.lengthAt = undefined;
    this.kind = undefined;
    this.headBytes = 0;
  }

  /** The stream ends or begins anew. A picture whose last unit has come is handed on. */
  finish(): void {
    if (this.picture && !this.sawLast) this.picture.damaged = true;
    this.handOver();
  }

  /** The kind of the unit is known: it begins a picture, or goes on with one. */
  private place(): void {
    const kind = nalKind(this.codec, this.head.subarray(0, this.headBytes));
    const { timestamp, arrivalMs } = this.unit;
    if (this.picture?.slices && this.beginsAnother(kind, this.picture)) this.handOver();
    this.picture ??= {
      timestamp,
      arrivalMs,
      sizeBytes: 0,
      slices: false,
      key: false,
      parameterSets: [],
      damaged: false,
    };
    const { picture } = this;
    if (kind.slice && !picture.slices) {
      // Parameter sets may come with the stamp of the picture before.
      picture.timestamp = timestamp;
      picture.slices = true;
      if (!kind.firstSlice) picture.damaged = true;
    }
    if (kind.slice && kind.key) picture.key = true;
    this.missing = false;
    this.sawLast = false;
    this.kind = kind;
    this.lengthAt = picture.sizeBytes;
    this.write(PLACE_FOR_LENGTH, 0, LENGTH_BYTES);
    this.write(this.head, 0, this.headBytes);
  }

  private beginsAnother(kind: NalKind, picture: UnderWay): boolean {
    if (kind.beginsPicture || kind.firstSlice) return true;
    if (this.unit.timestamp === picture.timestamp) return false;
    // Another stamp and no first slice: where nothing is missing, the camera counts on within a picture.
    return kind.slice ? this.missing : false;
  }

  private write(bytes: Buffer, from: number, to: number): void {
    const { picture } = this;
    if (!picture) return;
    const keeps = (this.kind?.parameterSet ?? false) || (this.kind?.sei ?? false);
    if (keeps && bytes !== PLACE_FOR_LENGTH) {
      const count = Math.min(to - from, MOST_KEPT_BYTES - this.keptBytes);
      bytes.copy(this.kept, this.keptBytes, from, from + count);
      this.keptBytes += count;
    }
    picture.sizeBytes += to - from;
    if (picture.sizeBytes > MOST_PICTURE_BYTES)
      throw new RtspFault('invalid', `wanted a picture of at most ${MOST_PICTURE_BYTES} bytes, got more`);
    this.memory.append(bytes, from, to);
  }

  private handOver(): void {
    const { picture } = this;
    this.picture = undefined;
    this.lengthAt = undefined;
    if (!picture) return;
    if (!picture.slices) {
      this.memory.drop();
      return;
    }
    this.counts.pictures += 1;
    if (picture.damaged) {
      this.counts.damaged += 1;
      this.memory.drop();
      return;
    }
    const { timestamp, arrivalMs, sizeBytes, key, parameterSets } = picture;
    this.take({ timestamp, arrivalMs, sizeBytes, key, parameterSets });
  }
}
