import fc from 'fast-check';
import { InterleavedStream, type WholeBytes } from './interleaved-stream';

const packet = (channel: number, payload: Buffer): Buffer => {
  const head = Buffer.from([0x24, channel, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
};
const DESCRIPTION = 'v=0\r\na=rtpmap:96 H264/90000\r\n';
const ANSWER = `RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: ${DESCRIPTION.length}\r\n\r\n${DESCRIPTION}`;
const SENT = Buffer.concat([
  Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n'),
  Buffer.from(ANSWER),
  packet(0, Buffer.from('RTSP/1.0 in a picture\r\n\r\n')),
  packet(1, Buffer.alloc(0)),
  Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n'),
  packet(255, Buffer.alloc(65_535, 0x24)),
]);

describe('InterleavedStream', () => {
  it('finds packets and bodies in whatever pieces they come, and hands every byte on', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: SENT.length })), (cuts) => {
        const stream = new InterleavedStream();
        const places = [0, ...cuts.sort((a, b) => a - b), SENT.length];
        const found: WholeBytes[] = [];
        for (const [i, from] of places.slice(0, -1).entries())
          found.push(stream.push(SENT.subarray(from, places[i + 1])));
        expect(Buffer.concat(found.map(({ bytes }) => bytes)).equals(SENT)).toBe(true);
        expect(
          found.flatMap(({ packets }) => packets.map(({ channel, payload }) => [channel, payload.length])),
        ).toEqual([
          [0, 25],
          [1, 0],
          [255, 65_535],
        ]);
        expect(found.flatMap(({ bodies }) => bodies).filter((body) => body !== '')).toEqual([DESCRIPTION]);
      }),
    );
  });

  it('hands on what was changed in a packet', () => {
    const { bytes, packets } = new InterleavedStream().push(Buffer.concat([packet(1, Buffer.from('old'))]));
    packets[0]?.payload.write('new');
    expect(bytes).toEqual(packet(1, Buffer.from('new')));
  });

  it('gives up what is no RTSP, rather than keep it all', () => {
    const stream = new InterleavedStream();
    expect(() => stream.push(Buffer.alloc(70_000, 'x'))).toThrow('wanted RTSP');
    expect(() =>
      new InterleavedStream().push(Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n')),
    ).toThrow('at most 64 KB');
  });
});
