import type { FootageRange, Piece } from '@vr/footage';
import { chooseFootage, streamsOf, usualSize } from './clip-footage';

/** Footage from one second to another. Footage with the same picture has the same set-up. */
function piece(fromSecond: number, toSecond: number, width = 640, codec = 'h264'): Piece {
  const [startMs, endMs, height] = [fromSecond * 1000, toSecond * 1000, (width * 9) / 16];
  const video = {
    id: 1,
    kind: 'video' as const,
    timescale: 90_000,
    codec,
    width,
    height,
    defaultSampleDuration: 0,
    defaultSampleFlags: 0,
  };
  const setUp = Buffer.from(`${codec} ${width}`);
  const fragments = [{ offset: 0, sizeBytes: 1000, startMs, endMs, key: true, reorderMs: 0 }];
  return {
    segment: { recordingsDir: '', cameraId: 'cam_1', path: '', fileName: '', startMs },
    index: {
      init: { bytes: setUp, setUp, tracks: new Map([[1, video]]), video },
      initSizeBytes: setUp.length,
      fragments: [],
      endOffset: 0,
      video,
    },
    fragments,
    startMs,
    endMs,
  };
}
const range = (pieces: Piece[], endSecond: number): FootageRange => ({
  cameraId: 'cam_1',
  startMs: 0,
  endMs: endSecond * 1000,
  pieces,
  gaps: [],
});

describe('what a clip is made of', () => {
  it('is all of the footage, and each set-up once, however often the camera changed to and fro', () => {
    const [a, b, c] = [piece(0, 4), piece(4, 8, 320), piece(8, 12)];
    expect(chooseFootage(range([a, b, c], 12), 5000, 'encode')).toEqual({
      pieces: [a, b, c],
      setUps: [[a, c], [b]],
      leftOut: [],
    });
    expect(chooseFootage(range([], 12), 5000, 'encode')).toBeUndefined();
  });

  it('is the neighbours of one set-up around the moment with parts, and says what is left out', () => {
    const [a, b, c] = [piece(0, 4), piece(4, 8, 320), piece(8, 14)];
    expect(chooseFootage(range([a, b, c], 12), 5000, 'parts')).toEqual({
      pieces: [b],
      setUps: [[b]],
      leftOut: [
        { startMs: 0, endMs: 4000, reason: 'stream_changed' },
        { startMs: 8000, endMs: 12_000, reason: 'stream_changed' },
      ],
    });
  });

  it('has at most eight set-ups: that of the moment, and those that last longest', () => {
    const moment = piece(0, 0.5, 160);
    const shortest = piece(0.5, 1.5, 176);
    const others = [192, 208, 224, 240, 256, 272, 288].map((width, i) => piece(1.5 + 2 * i, 3.5 + 2 * i, width));
    const footage = chooseFootage(range([moment, shortest, ...others], 15.5), 250, 'encode');
    expect(footage?.pieces).toEqual([moment, ...others]);
    expect(footage?.leftOut).toEqual([{ startMs: 500, endMs: 1500, reason: 'stream_changed' }]);
  });

  it('takes the size of most of the clip, by what of each piece is shown, and the larger one of two equals', () => {
    const [a, b] = [piece(-10, 4), piece(4, 10, 320)];
    expect(usualSize([[a], [b]], 0, 10_000)).toEqual({ width: 320, height: 180 });
    expect(usualSize([[a], [b]], 0, 8000)).toEqual({ width: 640, height: 360 });
  });

  it('tells what the camera sent, neighbours that are alike as one', () => {
    const pieces = [piece(-3, 2), piece(2, 4), piece(4, 8, 640, 'hevc'), piece(8, 20)];
    expect(streamsOf(pieces, 1000, 9000)).toEqual([
      { start: 1, end: 4, codec: 'h264', width: 640, height: 360 },
      { start: 4, end: 8, codec: 'hevc', width: 640, height: 360 },
      { start: 8, end: 9, codec: 'h264', width: 640, height: 360 },
    ]);
  });
});
