import fc from 'fast-check';
import { readRtcp, writeReceiverReport } from './rtcp';
import { isRtcp } from './rtp-packet';

function senderReport(seconds: number, fraction: number): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(0x80c80006, 0);
  bytes.writeUInt32BE(0xabcd, 4);
  bytes.writeUInt32BE(seconds, 8);
  bytes.writeUInt32BE(fraction, 12);
  bytes.writeUInt32BE(90_000, 16);
  return bytes;
}

const read = (bytes: Buffer) => readRtcp(bytes, 0, bytes.length);

describe('readRtcp', () => {
  it('reads the time of a sender report, and who says goodbye', () => {
    const goodbye = Buffer.from('81cb00010000abcd', 'hex');
    const { reports, goodbyes } = read(Buffer.concat([senderReport(3_973_190_400, 0x8000_0000), goodbye]));
    expect(reports).toEqual([
      {
        ssrc: 0xabcd,
        cameraMs: Date.UTC(2025, 10, 27) + 500,
        timestamp: 90_000,
        middle: (3_973_190_400 & 0xffff) * 65_536 + 0x8000,
      },
    ]);
    expect(goodbyes).toEqual([0xabcd]);
  });

  it('takes 0 for no clock', () => {
    expect(read(senderReport(0, 0)).reports[0]?.cameraMs).toBeUndefined();
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(read(Buffer.from(bytes)).reports.length).toBeLessThan(64);
      }),
    );
  });
});

describe('writeReceiverReport', () => {
  it('is a compound packet that reads as RTCP, with what is lost in it', () => {
    const facts = {
      ssrc: 1,
      of: 2,
      fractionLost: 0.25,
      lost: -3,
      highest: 70_000,
      jitter: 12.4,
      lastReportMiddle: 5,
      sinceLastReportMs: 500,
    };
    const bytes = writeReceiverReport(facts);
    expect(isRtcp(bytes, 0, bytes.length)).toBe(true);
    expect(bytes.length % 4).toBe(0);
    expect(bytes.readUInt16BE(2)).toBe(7);
    expect([bytes[12], bytes.readIntBE(13, 3), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([
      64, -3, 70_000, 12,
    ]);
    expect(bytes.readUInt32BE(28)).toBe(32_768);
    expect(bytes.readUInt16BE(34) * 4 + 4).toBe(bytes.length - 32);
  });
});
