/**
 * The header of an RTP packet (RFC 3550, 5.1). One object is read anew for each packet: at 64 cameras some 30,000 come
 * in a second, and none of them costs an allocation. Bytes are put together by hand for the same reason: Buffer's
 * readers check what is checked here, and the recorder runs without V8's optimising compiler.
 */
export class RtpPacket {
  bytes: Buffer = Buffer.alloc(0);
  private start = 0;
  /** The payload is `bytes[from, to)`, without padding. */
  from = 0;
  to = 0;
  marker = false;
  payloadType = 0;
  sequence = 0;
  /** In ticks of the payload's clock; wraps at 2^32. */
  timestamp = 0;
  ssrc = 0;

  /** Whether these are the bytes that it was read from last. */
  isOf(bytes: Buffer, from: number): boolean {
    return this.bytes === bytes && this.start === from;
  }

  /** False: it is no RTP packet, and the object says nothing. */
  read(bytes: Buffer, from: number, to: number): boolean {
    if (to - from < 12) return false;
    const first = bytes[from] ?? 0;
    if (first >> 6 !== 2) return false;
    const second = bytes[from + 1] ?? 0;
    let payload = from + 12 + 4 * (first & 15);
    if (first & 0x10) {
      if (payload + 4 > to) return false;
      payload += 4 + 4 * uint16(bytes, payload + 2);
    }
    let end = to;
    if (first & 0x20) {
      const padding = bytes[to - 1] ?? 0;
      // Some cameras set the padding bit and pad nothing. A count that leaves no payload is one of those.
      if (padding > 0 && payload + padding <= to) end = to - padding;
    }
    if (payload > end) return false;
    this.bytes = bytes;
    this.start = from;
    this.from = payload;
    this.to = end;
    this.marker = (second & 0x80) !== 0;
    this.payloadType = second & 0x7f;
    this.sequence = uint16(bytes, from + 2);
    this.timestamp = uint16(bytes, from + 4) * 0x10000 + uint16(bytes, from + 6);
    this.ssrc = uint16(bytes, from + 8) * 0x10000 + uint16(bytes, from + 10);
    return true;
  }
}

const uint16 = (bytes: Buffer, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Whether these bytes are RTCP (RFC 5761, 4): on one channel both may come. */
export function isRtcp(bytes: Buffer, from: number, to: number): boolean {
  const type = bytes[from + 1] ?? 0;
  return to - from >= 8 && (bytes[from] ?? 0) >> 6 === 2 && type >= 192 && type <= 223;
}
