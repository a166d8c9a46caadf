import { gapAround, runsOf } from './index-runs';

const file = {
  file: 'cam_1_a.mp4',
  start: 1000.5,
  end: 1006.5,
  codec: 'h264',
  codecs: 'avc1.4d401f',
  width: 640,
  height: 360,
  init_bytes: 700,
};

describe('the runs of an index', () => {
  it('have instants and places from sums, the first key frame at the start, and zero of media time', () => {
    const keys = { at: [2000, 2000], skip: [90_000, 10], size: [500, 600] };
    expect(runsOf({ files: [{ ...file, keys }] })).toEqual([
      {
        file: 'cam_1_a.mp4',
        startMs: 1_002_500,
        endMs: 1_006_500,
        zeroMs: 1_000_500,
        initBytes: 700,
        codecs: 'avc1.4d401f',
        widthPixels: 640,
        keys: [
          { atMs: 1_002_500, offsetBytes: 90_000, sizeBytes: 500 },
          { atMs: 1_004_500, offsetBytes: 90_510, sizeBytes: 600 },
        ],
      },
    ]);
  });

  it('leave out a file in which no key frame is listed', () => {
    expect(runsOf({ files: [{ ...file, keys: { at: [], skip: [], size: [] } }] })).toEqual([]);
  });
});

it('a gap lies between two runs, and is open where nothing is known', () => {
  const at = (start: number, end: number) => ({ ...file, start, end, keys: { at: [0], skip: [0], size: [9] } });
  const runs = runsOf({ files: [at(10, 20), at(30, 40)] });
  expect(gapAround(runs, 25_000)).toEqual({ startMs: 20_000, endMs: 30_000 });
  expect(gapAround(runs, 5000)).toEqual({ startMs: undefined, endMs: 10_000 });
  expect(gapAround(runs, 50_000)).toEqual({ startMs: 40_000, endMs: undefined });
});
