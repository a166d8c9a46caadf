/**
 * What an RTSP server sends on its one connection (RFC 2326, 10.12): answers in text, and packets between them. Each
 * packet follows a `$`, its channel and its length. The stream is cut at their ends, so that a packet can be changed in
 * place.
 */

export interface Packet {
  channel: number;
  /** A part of what `push` returns: whoever changes it changes what is sent on. */
  payload: Buffer;
}

export interface WholeBytes {
  /** All that is complete by now, in order. */
  bytes: Buffer;
  packets: Packet[];
  /** Bodies of answers. */
  bodies: string[];
}

const DOLLAR = 0x24;
const PACKET_HEAD_BYTES = 4;
const MOST_TEXT_BYTES = 65_536;
const HEAD_END = Buffer.from('\r\n\r\n');

export class InterleavedStream {
  private kept: Buffer = Buffer.alloc(0);

  /** Throws where the bytes are no RTSP. */
  push(chunk: Buffer): WholeBytes {
    const all = this.kept.length > 0 ? Buffer.concat([this.kept, chunk]) : chunk;
    const whole: WholeBytes = { bytes: all, packets: [], bodies: [] };
    let at = 0;
    for (let end = endOfNext(all, at); end !== undefined && end <= all.length; end = endOfNext(all, at)) {
      if (all[at] === DOLLAR) {
        whole.packets.push({ channel: all.readUInt8(at + 1), payload: all.subarray(at + PACKET_HEAD_BYTES, end) });
      } else whole.bodies.push(all.toString('latin1', all.indexOf(HEAD_END, at) + HEAD_END.length, end));
      at = end;
    }
    whole.bytes = all.subarray(0, at);
    this.kept = all.subarray(at);
    return whole;
  }
}

/** Undefined where too few bytes are here to tell. */
function endOfNext(all: Buffer, at: number): number | undefined {
  if (all.length - at < PACKET_HEAD_BYTES) return undefined;
  if (all[at] === DOLLAR) return at + PACKET_HEAD_BYTES + all.readUInt16BE(at + 2);
  const headEnd = all.indexOf(HEAD_END, at);
  if (headEnd < 0 && all.length - at > MOST_TEXT_BYTES)
    throw new Error('wanted RTSP, got 64 KB without the end of a head');
  if (headEnd < 0) return undefined;
  const bodyBytes = Number(/^content-length: *(\d+)/im.exec(all.toString('latin1', at, headEnd))?.[1] ?? 0);
  if (bodyBytes > MOST_TEXT_BYTES) throw new Error(`wanted an RTSP answer of at most 64 KB, got ${bodyBytes} bytes`);
  return headEnd + HEAD_END.length + bodyBytes;
}
