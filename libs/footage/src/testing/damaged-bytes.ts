/** Damages inside a segment's file. */
import { appendFile, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPath, fragmentHeader, writeBaseDecodeTime, writeProducerTime } from '@vr/mp4';
import { segmentPath } from '../files/names';
import { readSegmentIndex, type SegmentIndex } from '../read/segment-index';
import { at } from './checked-footage';
import { last, middle, type Damage } from './damage';

export const DAMAGED_BYTES: readonly Damage[] = [
  {
    what: 'a file that begins with zeros',
    kinds: ['init_broken', 'gap_missing'],
    do: (folder) => edit(middle(folder), (bytes) => bytes.fill(0, 0, 64)),
    after: async (folder) => expect(await readdir(join(folder, '.quarantine'))).toHaveLength(1),
  },
  {
    what: 'a closed file without a fragment',
    kinds: ['fragments_none'],
    do: (folder) => edit(last(folder), (bytes, { initSizeBytes }) => bytes.subarray(0, initSizeBytes)),
  },
  {
    what: 'a box that does not belong there',
    kinds: ['box_unexpected'],
    do: (folder) =>
      edit(last(folder), (bytes, index) => {
        const { offset } = fragment(bytes, index, -1);
        return Buffer.concat([
          bytes.subarray(0, offset),
          Buffer.from('\0\0\0\x0cfree....', 'latin1'),
          bytes.subarray(offset),
        ]);
      }),
    left: ['box_unexpected'],
  },
  { what: 'garbage behind the index', kinds: ['torn_tail'], do: (folder) => appendFile(last(folder), 'garbage') },
  {
    what: 'a file that ends in its last fragment',
    kinds: ['duration_wrong', 'torn_tail'],
    do: async (folder) =>
      truncate(last(folder), (await readSegmentIndex({ path: last(folder), startMs: 0 })).endOffset - 100),
  },
  {
    what: 'zeros in the middle, with whole fragments behind them',
    kinds: ['duration_wrong', 'torn_tail', 'gap_missing'],
    do: (folder) =>
      edit(middle(folder), (bytes, index) => {
        fragment(bytes, index, 2).bytes.fill(0);
        return undefined;
      }),
    after: async (folder) => {
      const [saved, ...others] = await readdir(join(folder, '.quarantine'));
      expect(others).toEqual([]);
      const tail = await readFile(join(folder, '.quarantine', saved ?? ''));
      expect(tail.toString('latin1').match(/moof/g)).toHaveLength(3);
    },
  },
  {
    what: 'a first picture that needs one before it',
    kinds: ['index_wrong', 'key_frame_missing'],
    do: (folder) =>
      edit(last(folder), (bytes, index) => {
        const first = fragment(bytes, index, 0).bytes;
        const trun = findPath(first, { payload: 32, end: first.length }, 'moof', 'traf', 'trun');
        first.writeUInt32BE(0x01010000, (trun?.payload ?? 0) + 12); // first_sample_flags, 14496-12, 8.8.8
        return undefined;
      }),
    left: ['key_frame_missing'],
  },
  {
    what: 'a fragment that is not there',
    kinds: ['index_wrong', 'time_hole'],
    do: (folder) =>
      edit(last(folder), (bytes, index) =>
        Buffer.concat([
          bytes.subarray(0, fragment(bytes, index, 3).offset),
          bytes.subarray(fragment(bytes, index, 3).end),
        ]),
      ),
    left: ['time_hole'],
  },
  {
    what: 'a fragment that goes back in time',
    kinds: ['time_backwards'],
    do: async (folder) => {
      await edit(last(folder), (bytes, index) => {
        moveFragment(bytes, index, -1, -500, at(20));
        return undefined;
      });
      await rename(last(folder), segmentPath(folder, 'cam', at(20), 5500));
    },
    left: ['time_backwards'],
  },
  {
    what: 'a stamp that says otherwise',
    kinds: ['producer_time_wrong'],
    do: (folder) =>
      edit(last(folder), (bytes, index) => {
        writeProducerTime(fragment(bytes, index, 0).bytes, 0, { trackId: 1, wallMs: at(19), mediaTicks: 0 });
        return undefined;
      }),
  },
  {
    what: 'a closed file without index',
    kinds: ['index_missing'],
    do: (folder) => edit(last(folder), (bytes, { endOffset }) => bytes.subarray(0, endOffset)),
  },
  {
    what: 'an index that points elsewhere',
    kinds: ['index_wrong'],
    do: (folder) =>
      edit(last(folder), (bytes, { endOffset }) => {
        bytes.writeBigUInt64BE(12345n, endOffset + 40);
        return undefined;
      }),
  },
];

async function edit(path: string, change: (bytes: Buffer, index: SegmentIndex) => Buffer | undefined): Promise<void> {
  const bytes = await readFile(path);
  const index = await readSegmentIndex({ path, startMs: 0 });
  await writeFile(path, change(bytes, index) ?? bytes);
}

/** The n-th fragment, as a view into the file's bytes. */
function fragment(
  bytes: Buffer,
  { fragments }: SegmentIndex,
  n: number,
): { offset: number; end: number; bytes: Buffer } {
  const found = fragments.at(n);
  if (!found) throw new Error(`no fragment ${n}`);
  const end = found.offset + found.sizeBytes;
  return { offset: found.offset, end, bytes: bytes.subarray(found.offset, end) };
}

function moveFragment(bytes: Buffer, index: SegmentIndex, n: number, byMs: number, startMs: number): void {
  const { bytes: moved } = fragment(bytes, index, n);
  const [video] = fragmentHeader(moved, index.init);
  if (!video) throw new Error('no video');
  const ticks = video.baseDecodeTime + (byMs / 1000) * video.track.timescale;
  writeBaseDecodeTime(moved, video, ticks);
  writeProducerTime(moved, 0, {
    trackId: 1,
    wallMs: startMs + (ticks / video.track.timescale) * 1000,
    mediaTicks: ticks,
  });
}
