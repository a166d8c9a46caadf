/** H.265 out of RTP (RFC 7798): single NAL units, aggregation packets, fragmentation units; DONL where it is said. */
import type { NalSink } from './nal-sink';
import type { RtpPacket } from './rtp-packet';

const AGGREGATION = 48;
const FRAGMENTATION = 49;

export class H265Depacketizer {
  /** Packets that hold nothing that we can read. */
  unreadable = 0;
  private inFragments = false;
  private readonly header = Buffer.alloc(2);

  /** `donl`: decoding order numbers stand in the packets (sprop-max-don-diff above 0). They say nothing new here. */
  constructor(
    private readonly sink: NalSink,
    private readonly donl = false,
  ) {}

  /** `lost`: packets that are missing right before this one. */
  packet(packet: RtpPacket, arrivalMs: number, lost: number): void {
    const { bytes, from, to } = packet;
    if (lost > 0) {
      this.inFragments = false;
      this.sink.lost();
    }
    if (to - from < 3) {
      if (to > from) this.unreadable += 1;
      return;
    }
    const type = ((bytes[from] ?? 0) >> 1) & 63;
    if (type === FRAGMENTATION) this.fragment(packet, arrivalMs);
    else if (type === AGGREGATION) this.several(packet, arrivalMs);
    else if (type < AGGREGATION) this.single(packet, arrivalMs);
    else this.unreadable += 1; // PACI, and what is not given yet
  }

  private single({ bytes, from, to, timestamp, marker }: RtpPacket, arrivalMs: number): void {
    if (this.inFragments) this.finish(false);
    this.sink.begin(timestamp, arrivalMs);
    this.sink.append(bytes, from, from + 2);
    this.sink.append(bytes, from + (this.donl ? 4 : 2), to);
    this.sink.end(marker);
  }

  /** A camera that never sets the end bit ends a unit by beginning another. */
  private finish(last: boolean): void {
    this.inFragments = false;
    this.sink.end(last);
  }

  private fragment({ bytes, from, to, timestamp, marker }: RtpPacket, arrivalMs: number): void {
    const head = bytes[from + 2] ?? 0;
    let payload = from + 3;
    if (head & 0x80) {
      if (this.inFragments) this.finish(false);
      if (this.donl) payload += 2;
      this.header[0] = ((bytes[from] ?? 0) & 0x81) | ((head & 63) << 1);
      this.header[1] = bytes[from + 1] ?? 0;
      this.sink.begin(timestamp, arrivalMs);
      this.sink.append(this.header, 0, 2);
      this.inFragments = true;
    } else if (!this.inFragments) {
      this.sink.lost(); // Its beginning was lost.
      return;
    }
    if (payload < to) this.sink.append(bytes, payload, to);
    if (head & 0x40) this.finish(marker);
  }

  private several({ bytes, from, to, timestamp, marker }: RtpPacket, arrivalMs: number): void {
    if (this.inFragments) this.finish(false);
    let at = from + 2 + (this.donl ? 2 : 0);
    for (let first = true; at + 2 <= to; first = false) {
      if (!first && this.donl) at += 1; // DOND
      if (at + 2 > to) break;
      const end = at + 2 + bytes.readUInt16BE(at);
      if (end > to) {
        this.unreadable += 1;
        this.sink.lost();
        return;
      }
      if (end - at >= 4) {
        this.sink.begin(timestamp, arrivalMs);
        this.sink.append(bytes, at + 2, end);
        this.sink.end(marker && end === to);
      }
      at = end;
    }
  }
}
