/** RTCP (RFC 3550, 6): sender reports are read, receiver reports are written. */
export interface SenderReport {
  ssrc: number;
  /** The camera's clock when it sent this, in ms since 1970. Undefined: it says 0, which means that it has no clock. */
  cameraMs?: number;
  /** The RTP stamp of that instant. */
  timestamp: number;
  /** The middle 32 bits of its NTP time: what a receiver report names it by. */
  middle: number;
}

export interface RtcpFacts {
  reports: SenderReport[];
  /** Sources that say that they end. */
  goodbyes: number[];
}

const SENDER_REPORT = 200;
const GOODBYE = 203;
/** Seconds from 1900, where NTP counts from, to 1970. */
const NTP_TO_UNIX_SECONDS = 2_208_988_800;
/** A compound packet of a datagram's size holds some hundred at most; a frame of 64 KB could hold thousands. */
const MOST_PACKETS = 64;

/** Reads a compound packet. A part that is cut off or damaged ends it; what was before it counts. */
export function readRtcp(bytes: Buffer, from: number, to: number): RtcpFacts {
  const facts: RtcpFacts = { reports: [], goodbyes: [] };
  let at = from;
  for (let packets = 0; at + 8 <= to && packets < MOST_PACKETS; packets++) {
    const first = bytes[at] ?? 0;
    const end = at + 4 * (bytes.readUInt16BE(at + 2) + 1);
    if (first >> 6 !== 2 || end > to) break;
    const type = bytes[at + 1];
    if (type === SENDER_REPORT && end - at >= 28) facts.reports.push(senderReport(bytes, at));
    if (type === GOODBYE)
      for (let i = 1; i <= (first & 31) && at + 4 * i + 4 <= end; i++)
        facts.goodbyes.push(bytes.readUInt32BE(at + 4 * i));
    at = end;
  }
  return facts;
}

function senderReport(bytes: Buffer, at: number): SenderReport {
  const seconds = bytes.readUInt32BE(at + 8);
  const fraction = bytes.readUInt32BE(at + 12);
  // In 2036 the seconds wrap (era 1). A small number is a camera that counts from its own boot, or from 2036.
  const cameraMs = (seconds - NTP_TO_UNIX_SECONDS) * 1000 + (fraction * 1000) / 2 ** 32;
  return {
    ssrc: bytes.readUInt32BE(at + 4),
    cameraMs: seconds === 0 && fraction === 0 ? undefined : cameraMs,
    timestamp: bytes.readUInt32BE(at + 16),
    middle: ((seconds & 0xffff) * 0x10000 + (fraction >>> 16)) >>> 0,
  };
}

export interface ReceiverFacts {
  /** Our own source identifier. */
  ssrc: number;
  of: number;
  /** Since the report before. */
  fractionLost: number;
  lost: number;
  highest: number;
  /** In ticks of the payload's clock. */
  jitter: number;
  lastReportMiddle: number;
  sinceLastReportMs: number;
}

/** A receiver report and our name (SDES CNAME): some cameras end a session that sends none. */
export function writeReceiverReport(facts: ReceiverFacts): Buffer {
  const report = Buffer.alloc(32);
  report.writeUInt32BE(0x81c90007, 0);
  report.writeUInt32BE(facts.ssrc >>> 0, 4);
  report.writeUInt32BE(facts.of >>> 0, 8);
  report.writeUInt8(clamp(Math.floor(facts.fractionLost * 256), 0, 255), 12);
  report.writeIntBE(clamp(facts.lost, -0x80_0000, 0x7f_ffff), 13, 3);
  report.writeUInt32BE(facts.highest >>> 0, 16);
  report.writeUInt32BE(clamp(Math.round(facts.jitter), 0, 0xffff_ffff), 20);
  report.writeUInt32BE(facts.lastReportMiddle >>> 0, 24);
  report.writeUInt32BE(clamp(Math.round((facts.sinceLastReportMs / 1000) * 65_536), 0, 0xffff_ffff), 28);
  const name = Buffer.from('recorder', 'latin1');
  // Its chunk: source, item type 1, length, text, at least one zero, to a multiple of four bytes.
  const chunkBytes = 4 * Math.ceil((4 + 2 + name.length + 1) / 4);
  const description = Buffer.alloc(4 + chunkBytes);
  description.writeUInt16BE(0x81ca, 0);
  description.writeUInt16BE(chunkBytes / 4, 2);
  description.writeUInt32BE(facts.ssrc >>> 0, 4);
  description.writeUInt8(1, 8);
  description.writeUInt8(name.length, 9);
  name.copy(description, 10);
  return Buffer.concat([report, description]);
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
