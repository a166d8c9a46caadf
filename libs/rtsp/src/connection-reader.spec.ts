import fc from 'fast-check';
import { ConnectionReader } from './connection-reader';
import { RtspFault } from './rtsp-fault';

type Came = { channel: number; packet: string } | { startLine: string; body: string };

function readAll(bytes: Buffer, cuts: readonly number[]): Came[] {
  const came: Came[] = [];
  const reader = new ConnectionReader({
    frame: (channel, chunk, from, to) => came.push({ channel, packet: chunk.toString('latin1', from, to) }),
    message: ({ startLine, body }) => came.push({ startLine, body: body.toString('latin1') }),
  });
  let at = 0;
  for (const cut of [...cuts.map((each) => each % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    reader.push(bytes.subarray(at, cut));
    at = Math.max(at, cut);
  }
  return came;
}

const frame = (channel: number, packet: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x24, channel, packet.length >> 8, packet.length & 255]), packet]);
const response = (body: string): Buffer =>
  Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1');

describe('ConnectionReader', () => {
  it('finds the same frames and messages wherever the bytes are cut', () => {
    const piece = fc.oneof(
      fc.record({ channel: fc.nat(255), packet: fc.uint8Array({ maxLength: 300 }) }),
      fc.string({ unit: fc.constantFrom('a', '$', '\r', '\n', 'R'), maxLength: 50 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(5000), { maxLength: 20 }), (pieces, cuts) => {
        const bytes = Buffer.concat(
          pieces.map((each) =>
            typeof each === 'string' ? response(each) : frame(each.channel, Buffer.from(each.packet)),
          ),
        );
        expect(readAll(bytes, cuts)).toEqual(
          pieces.map((each) =>
            typeof each === 'string'
              ? { startLine: 'RTSP/1.0 200 OK', body: each }
              : { channel: each.channel, packet: Buffer.from(each.packet).toString('latin1') },
          ),
        );
      }),
    );
  });

  it('passes over stray bytes between frames', () => {
    const bytes = Buffer.concat([
      frame(0, Buffer.from('one')),
      Buffer.from('\r\n\0\0xyz'),
      frame(1, Buffer.from('two')),
    ]);
    expect(readAll(bytes, [])).toEqual([
      { channel: 0, packet: 'one' },
      { channel: 1, packet: 'two' },
    ]);
  });

  it('takes messages whose lines end with LF alone', () => {
    expect(readAll(Buffer.from('RTSP/1.0 404 Not Found\nCSeq: 2\n\n'), [])).toEqual([
      { startLine: 'RTSP/1.0 404 Not Found', body: '' },
    ]);
  });

  it.each([
    ['headers without end', Buffer.from(`RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(12_000)}`)],
    ['too many headers', Buffer.from(`RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(300)}\r\n`)],
    ['a body of 4 GB', Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: 4294967296\r\n\r\n')],
    ['a length that is none', Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n')],
    ['no RTSP at all', Buffer.alloc(100_000, 1)],
  ])('ends at %s', (_, bytes) => {
    expect(() => readAll(bytes, [])).toThrow(RtspFault);
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.array(fc.nat(2000), { maxLength: 5 }), (bytes, cuts) => {
        try {
          readAll(Buffer.from(bytes), cuts);
        } catch (error) {
          expect(error).toBeInstanceOf(RtspFault);
        }
      }),
    );
  });
});
