import type { Track } from './init-segment';
import type { TrackHeader } from './moof';
import { SampleColumns } from './sample-columns';

const track: Track = {
  id: 1,
  kind: 'video',
  codec: 'h264',
  width: 64,
  height: 36,
  timescale: 1000,
  defaultSampleDuration: 40,
  defaultSampleFlags: 0,
};
const ofSamples = (count: number): TrackHeader => ({
  track,
  tfdtAt: 0,
  tfdtVersion: 1,
  baseDecodeTime: 80,
  hasBaseDataOffset: false,
  defaultDuration: { ticks: 40 },
  defaultSize: 7,
  defaultFlags: 0,
  runs: [
    {
      count,
      sampleBytes: 0,
      version: 0,
      dataOffset: 100,
      firstFlags: 0,
      samplesAt: 0,
      sizeAt: undefined,
      flagsAt: undefined,
    },
  ],
});
const place = (share?: number) => ({
  source: 0,
  moofOffset: 1000,
  fragment: 3,
  zeroMs: 5000,
  ...(share !== undefined && { share }),
});

describe('samples by columns', () => {
  it('have the times and places that the header says', () => {
    const columns = new SampleColumns(track);
    columns.append(Buffer.alloc(0), ofSamples(2), place());
    expect(columns.length).toBe(2);
    expect([...columns.offsets]).toEqual([1100, 1107]);
    expect([...columns.shownMs]).toEqual([5080, 5120]);
    expect([...columns.fragments]).toEqual([3, 3]);
  });

  it('get room for a whole hour once, by its first minute', () => {
    const columns = new SampleColumns(track);
    const room = new Set<number>();
    const fragments = 7200;
    for (let i = 0; i < fragments; i++) {
      columns.append(Buffer.alloc(0), ofSamples(12), place(i / fragments));
      room.add(columns.sizes.length);
    }
    expect(columns.length).toBe(86_400);
    expect(room.size).toBe(2);
  });

  it('take no memory that only a damaged file asks for', () => {
    const columns = new SampleColumns(track);
    for (let i = 0; i < 4; i++) columns.append(Buffer.alloc(0), ofSamples(1000), place(1e-9));
    expect(columns.sizes.length).toBeLessThanOrEqual(250_000);
  });
});
