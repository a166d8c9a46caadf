import type { Segment } from '../files/catalogue';
import { ClipCopies } from './clip-copies';

const segment = (fileName: string): Segment => ({
  recordingsDir: '/recordings',
  cameraId: 'cam',
  path: `/recordings/cam/${fileName}`,
  fileName,
  startMs: 0,
});

describe('the copies of a clip', () => {
  const sources = [segment('first.mp4'), segment('unused.mp4'), segment('last.mp4')];

  it('join bytes that follow each other in one source, and grow beyond the room that was thought of', () => {
    const copies = new ClipCopies(sources, 1);
    copies.add(0, 100, 10);
    copies.add(0, 110, 5); // follows
    copies.add(0, 120, 7); // a hole before it
    copies.add(2, 127, 3); // another file
    copies.finish(1000);
    expect(copies.mediaBytes).toBe(25);
    expect([0, 1, 2, 3].map((i) => copies.get(i))).toEqual([
      { source: sources[0], offset: 100, sizeBytes: 15, at: 1000 },
      { source: sources[0], offset: 120, sizeBytes: 7, at: 1015 },
      { source: sources[2], offset: 127, sizeBytes: 3, at: 1022 },
      undefined,
    ]);
    expect(copies.usedSources()).toEqual([sources[0], sources[2]]);
  });

  it('are found by any of their bytes', () => {
    const copies = new ClipCopies(sources, 8);
    for (let i = 0; i < 3; i++) copies.add(0, i * 100, 10);
    copies.finish(50);
    expect([0, 50, 59, 60, 69, 70, 79, 80].map((byte) => copies.find(byte))).toEqual([0, 0, 0, 1, 1, 2, 2, 3]);
  });

  it('give back the room that they did not need', () => {
    const copies = new ClipCopies(sources, 10_000);
    copies.add(0, 0, 10);
    copies.finish(50);
    expect(copies.heldBytes).toBeLessThan(100);
  });
});
