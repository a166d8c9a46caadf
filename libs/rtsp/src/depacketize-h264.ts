/**
 * H.264 out of RTP (RFC 6184): single NAL units, STAP-A and FU-A. Interleaved packets (STAP-B, MTAP, FU-B) are for
 * packetization-mode 2, which no camera uses: they are counted and passed over.
 */
import type { NalSink } from './nal-sink';
import type { RtpPacket } from './rtp-packet';

const STAP_A = 24;
const FU_A = 28;

export class H264Depacketizer {
  /** Packets that hold nothing that we can read. */
  unreadable = 0;
  private inFragments = false;
  private readonly header = Buffer.alloc(1);

  constructor(private readonly sink: NalSink) {}

  /** `lost`: packets that are missing right before this one. */
  packet(packet: RtpPacket, arrivalMs: number, lost: number): void {
    const { bytes, from, to } = packet;
    if (lost > 0) this.missed();
    if (from >= to) return; // An empty packet keeps a way through a firewall open.
    const type = (bytes[from] ?? 0) & 31;
    if (type === FU_A) this.fragment(packet, arrivalMs);
    else if (type === STAP_A) this.several(packet, arrivalMs);
    else if (type >= 1 && type < STAP_A) this.whole(packet, arrivalMs, from, to, packet.marker);
    else if (type === 0 && startCodeBytes(bytes, from, to) > 0) this.annexB(packet, arrivalMs);
    else this.unreadable += 1;
  }

  private missed(): void {
    this.inFragments = false;
    this.sink.lost();
  }

  private whole({ timestamp, bytes }: RtpPacket, arrivalMs: number, from: number, to: number, last: boolean): void {
    if (this.inFragments) this.finish(false);
    this.sink.begin(timestamp, arrivalMs);
    this.sink.append(bytes, from, to);
    this.sink.end(last);
  }

  /** A camera that never sets the end bit ends a unit by beginning another. */
  private finish(last: boolean): void {
    this.inFragments = false;
    this.sink.end(last);
  }

  private fragment({ bytes, from, to, timestamp, marker }: RtpPacket, arrivalMs: number): void {
    if (to - from < 2) {
      this.unreadable += 1;
      return;
    }
    const head = bytes[from + 1] ?? 0;
    if (head & 0x80) {
      if (this.inFragments) this.finish(false);
      this.header[0] = ((bytes[from] ?? 0) & 0xe0) | (head & 31);
      this.sink.begin(timestamp, arrivalMs);
      this.sink.append(this.header, 0, 1);
      this.inFragments = true;
    } else if (!this.inFragments) {
      this.sink.lost(); // Its beginning was lost.
      return;
    }
    this.sink.append(bytes, from + 2, to);
    if (head & 0x40) this.finish(marker);
  }

  private several(packet: RtpPacket, arrivalMs: number): void {
    const { bytes, from, to, marker } = packet;
    let at = from + 1;
    while (at + 2 <= to) {
      const end = at + 2 + bytes.readUInt16BE(at);
      if (end > to) {
        this.unreadable += 1;
        this.sink.lost();
        return;
      }
      if (end > at + 2) this.whole(packet, arrivalMs, at + 2, end, marker && end === to);
      at = end;
    }
  }

  /** Some cameras put their encoder's byte stream (Annex B) into a packet, start codes and all. */
  private annexB(packet: RtpPacket, arrivalMs: number): void {
    const { bytes, from, to, marker } = packet;
    // Many packets may lie in `bytes`. None may be searched for more than its own.
    const own = bytes.subarray(0, to);
    let at = from + startCodeBytes(bytes, from, to);
    while (at < to) {
      let end = own.indexOf(START_CODE, at);
      if (end < 0) end = to;
      const next = end + START_CODE.length;
      const unitEnd = end > at && end < to && bytes[end - 1] === 0 ? end - 1 : end;
      if (unitEnd > at) this.whole(packet, arrivalMs, at, unitEnd, marker && end === to);
      at = next;
    }
  }
}

const START_CODE = Buffer.from([0, 0, 1]);

function startCodeBytes(bytes: Buffer, from: number, to: number): number {
  if (to - from < 4 || bytes[from] !== 0 || bytes[from + 1] !== 0) return 0;
  if (bytes[from + 2] === 1) return 3;
  return bytes[from + 2] === 0 && bytes[from + 3] === 1 ? 4 : 0;
}
