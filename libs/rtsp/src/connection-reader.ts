/**
 * Cuts the bytes of an RTSP connection into messages and interleaved frames (RFC 2326, 10.12). A frame that lies whole
 * in one chunk is handed on where it lies: nothing is copied, and nothing is allocated for it.
 */
import { contentLength, parseHead, type RtspHead, type RtspMessage } from './message';
import { RtspFault } from './rtsp-fault';

export interface ConnectionSink {
  /** `bytes[from, to)` is one packet of RTP or RTCP. Valid during the call only. */
  frame(channel: number, bytes: Buffer, from: number, to: number): void;
  message(message: RtspMessage): void;
}

const DOLLAR = 0x24;
const FRAME_HEAD_BYTES = 4;
/** Most messages have no more. What lies behind one is not copied with it: a chunk may hold thousands of them. */
const HEAD_PIECE_BYTES = 1024;
const MOST_HEAD_BYTES = 64 * 1024;
const MOST_BODY_BYTES = 1024 * 1024;
/** Some cameras send a few stray bytes between two frames, or the rest of a frame of another session. */
const MOST_STRAY_BYTES = 64 * 1024;
/** A method has at most 13 letters (GET_PARAMETER, SET_PARAMETER), and a space behind it. */
const MESSAGE_BEGIN = /^(RTSP\/|[A-Z_]{3,16} )/;
const BEGIN_BYTES = 17;

/** A message of which the end has not come yet. */
interface Text {
  bytes: Buffer;
  length: number;
  head?: RtspHead;
  headBytes: number;
  bodyBytes: number;
}

export class ConnectionReader {
  private text: Text | undefined;
  /** The beginning of a frame that goes on in the next chunk. */
  private held = Buffer.alloc(0);
  private heldBytes = 0;
  private strayBytes = 0;

  constructor(private readonly sink: ConnectionSink) {}

  /** Throws RtspFault where what comes is no RTSP. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.text) at = this.goOnWithText(this.text, chunk, at);
      else if (this.heldBytes > 0) at = this.goOnWithFrame(chunk, at);
      else at = this.begin(chunk, at);
    }
  }

  private begin(chunk: Buffer, at: number): number {
    const first = chunk[at] ?? 0;
    if (first === DOLLAR) return this.beginFrame(chunk, at);
    if (isUpperCase(first)) {
      this.text = { bytes: Buffer.alloc(1024), length: 0, headBytes: 0, bodyBytes: 0 };
      return at;
    }
    if (!isLineEnd(first)) this.stray(1);
    return at + 1;
  }

  private stray(count: number): void {
    this.strayBytes += count;
    if (this.strayBytes > MOST_STRAY_BYTES)
      throw new RtspFault('invalid', `wanted RTSP messages and frames, got ${this.strayBytes} bytes that are neither`);
  }

  private beginFrame(chunk: Buffer, at: number): number {
    const left = chunk.length - at;
    const frameBytes =
      left < FRAME_HEAD_BYTES ? Infinity : FRAME_HEAD_BYTES + (((chunk[at + 2] ?? 0) << 8) | (chunk[at + 3] ?? 0));
    if (left < frameBytes) return this.hold(chunk, at, chunk.length);
    this.sink.frame(chunk[at + 1] ?? 0, chunk, at + FRAME_HEAD_BYTES, at + frameBytes);
    return at + frameBytes;
  }

  private hold(chunk: Buffer, from: number, to: number): number {
    if (this.held.length === 0) this.held = Buffer.alloc(FRAME_HEAD_BYTES + 0xffff);
    chunk.copy(this.held, this.heldBytes, from, to);
    this.heldBytes += to - from;
    return to;
  }

  private goOnWithFrame(chunk: Buffer, at: number): number {
    const wanted = this.heldBytes < FRAME_HEAD_BYTES ? FRAME_HEAD_BYTES : FRAME_HEAD_BYTES + this.held.readUInt16BE(2);
    const next = this.hold(chunk, at, Math.min(chunk.length, at + wanted - this.heldBytes));
    if (this.heldBytes < FRAME_HEAD_BYTES) return next;
    const frameBytes = FRAME_HEAD_BYTES + this.held.readUInt16BE(2);
    if (this.heldBytes < frameBytes) return next;
    this.heldBytes = 0;
    this.sink.frame(this.held[1] ?? 0, this.held, FRAME_HEAD_BYTES, frameBytes);
    return next;
  }

  private goOnWithText(text: Text, chunk: Buffer, at: number): number {
    const before = text.length;
    const wantedBytes = text.head ? text.headBytes + text.bodyBytes - text.length : HEAD_PIECE_BYTES;
    append(text, chunk.subarray(at, at + wantedBytes));
    if (!text.head) {
      if (text.length >= BEGIN_BYTES && !MESSAGE_BEGIN.test(text.bytes.toString('latin1', 0, BEGIN_BYTES)))
        return this.leaveText(before, at);
      const headEnd = endOfHead(text.bytes, before, text.length);
      if (!headEnd) {
        if (text.length > MOST_HEAD_BYTES)
          throw new RtspFault('invalid', `wanted headers of at most ${MOST_HEAD_BYTES} bytes, got more`);
        return at + text.length - before;
      }
      text.head = parseHead(text.bytes.toString('latin1', 0, headEnd.textEnd));
      text.headBytes = headEnd.bodyFrom;
      text.bodyBytes = checkedLength(text.head);
    }
    const wholeBytes = text.headBytes + text.bodyBytes;
    if (text.length < wholeBytes) return at + text.length - before;
    this.text = undefined;
    this.sink.message({ ...text.head, body: Buffer.from(text.bytes.subarray(text.headBytes, wholeBytes)) });
    return at + wholeBytes - before;
  }

  /** It was no message: a capital letter among stray bytes. What came with it may hold a frame. */
  private leaveText(before: number, at: number): number {
    this.text = undefined;
    this.stray(Math.max(1, before));
    return before > 0 ? at : at + 1;
  }
}

const isUpperCase = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;
const isLineEnd = (byte: number): boolean => byte === 0x0d || byte === 0x0a || byte === 0x20;

function append(text: Text, bytes: Buffer): void {
  if (text.length + bytes.length > text.bytes.length) {
    const larger = Buffer.alloc(Math.max(2 * text.bytes.length, text.length + bytes.length));
    text.bytes.copy(larger, 0, 0, text.length);
    text.bytes = larger;
  }
  bytes.copy(text.bytes, text.length);
  text.length += bytes.length;
}

/** Where the text of the headers ends and the body begins. An empty line may be CRLF or a bare LF. */
function endOfHead(bytes: Buffer, looked: number, length: number): { textEnd: number; bodyFrom: number } | undefined {
  for (
    let at = bytes.indexOf(0x0a, Math.max(0, looked - 3));
    at >= 0 && at < length;
    at = bytes.indexOf(0x0a, at + 1)
  ) {
    const next = bytes[at + 1];
    if (at + 1 < length && next === 0x0a) return { textEnd: at, bodyFrom: at + 2 };
    if (at + 2 < length && next === 0x0d && bytes[at + 2] === 0x0a) return { textEnd: at, bodyFrom: at + 3 };
  }
  return undefined;
}

function checkedLength(head: RtspHead): number {
  const bytes = contentLength(head);
  if (bytes === undefined || bytes > MOST_BODY_BYTES) {
    const got = head.headers.get('content-length')?.[0]?.slice(0, 40) ?? '';
    throw new RtspFault('invalid', `wanted a Content-Length of at most ${MOST_BODY_BYTES}, got ${got}`);
  }
  return bytes;
}
