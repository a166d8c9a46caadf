import { readMedia, readWord } from './live-socket';

function message(kind: number, id: number, startMs: number, durationMs: number, bytes: number[]): ArrayBuffer {
  const data = new ArrayBuffer(20 + bytes.length);
  const head = new DataView(data);
  head.setUint8(0, kind);
  head.setUint16(2, id);
  head.setFloat64(4, startMs);
  head.setFloat64(12, durationMs);
  new Uint8Array(data).set(bytes, 20);
  return data;
}

describe('what comes over the live socket', () => {
  it('is media with its watch and times', () => {
    const read = readMedia(message(2, 513, 1_795_000_000_123.5, 500, [1, 2, 3]));
    expect(read?.id).toBe(513);
    expect(read?.media).toEqual({
      kind: 'fragment',
      startMs: 1_795_000_000_123.5,
      durationMs: 500,
      bytes: new Uint8Array([1, 2, 3]),
    });
  });

  it('is nothing where the head is cut or the kind is of a later version', () => {
    expect(readMedia(message(1, 0, 0, 0, []).slice(0, 19))).toBeUndefined();
    expect(readMedia(message(9, 0, 0, 0, [1]))).toBeUndefined();
  });

  it('is a word of a watch, and what it does not know is left alone', () => {
    expect(readWord({ op: 'stale', id: 1, newest_at: 12.5, state: 'offline', reason: 'no route' })).toEqual({
      op: 'stale',
      newestMs: 12_500,
      reason: 'no route',
    });
    expect(readWord({ op: 'watching', codecs: 7 })).toEqual({ op: 'watching', codecs: undefined });
    expect(readWord({ op: 'event' })).toBeUndefined();
  });
});
