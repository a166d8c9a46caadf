/** Damages around the segments: their names, their folders, the lines about gaps, files that are not ours. */
import { appendFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appendGap, readGaps } from '../files/gaps';
import { segmentPath } from '../files/names';
import { at } from './checked-footage';
import { last, middle, type Damage } from './damage';

export const DAMAGED_FOLDERS: readonly Damage[] = [
  {
    what: 'a name with another start than the stamps inside',
    kinds: ['start_wrong'],
    do: (folder) => rename(last(folder), segmentPath(folder, 'cam', at(21), 6000)),
    after: async (folder) => expect((await stat(last(folder))).size).toBeGreaterThan(0),
  },
  {
    what: 'a name with a longer duration',
    kinds: ['duration_wrong'],
    do: (folder) => rename(last(folder), segmentPath(folder, 'cam', at(20), 9000)),
  },
  {
    what: 'a segment in the folder of another day',
    kinds: ['day_folder_wrong'],
    do: async (folder) => {
      await mkdir(join(folder, 'cam/2026-11-22'));
      await rename(middle(folder), middle(folder).replace('2026-11-23', '2026-11-22'));
    },
  },
  {
    what: 'a segment in the folder of another camera',
    kinds: ['camera_folder_wrong'],
    do: async (folder) => {
      await mkdir(join(folder, 'other/2026-11-23'), { recursive: true });
      await rename(last(folder), last(folder).replace('/cam/', '/other/'));
    },
    left: ['camera_folder_wrong'],
  },
  {
    what: 'instants that stand twice',
    kinds: ['overlap'],
    do: (folder, stream) => stream.record(folder, 'cam', at(23), 0, 6),
    left: ['overlap'],
  },
  {
    what: 'a hole that no line explains',
    kinds: ['gap_missing'],
    do: (folder) => rm(join(folder, 'cam/2026-11-23/gaps.jsonl')),
    after: async (folder) =>
      expect(await readGaps(folder, 'cam', 0, at(3600))).toEqual([
        { startMs: at(12), endMs: at(20), reason: 'unknown' },
      ]),
  },
  {
    what: 'a line that explains a part of a hole only',
    kinds: ['gap_missing', 'gap_missing'],
    do: async (folder) => {
      await rm(join(folder, 'cam/2026-11-23/gaps.jsonl'));
      await appendGap(folder, 'cam', { startMs: at(14), endMs: at(15), reason: 'disk_slow' });
    },
  },
  {
    what: 'a gap where there is footage',
    kinds: ['gap_over_footage'],
    do: (folder) => appendGap(folder, 'cam', { startMs: at(1), endMs: at(3), reason: 'camera_stalled' }),
    left: ['gap_over_footage'],
  },
  {
    what: 'an open segment that nobody writes',
    kinds: ['segment_abandoned'],
    do: (folder, stream) => stream.record(folder, 'cam', at(26), 0, 6, 'open'),
  },
  {
    what: 'an open segment without a fragment',
    kinds: ['segment_abandoned', 'init_broken'],
    do: (folder) => writeFile(segmentPath(folder, 'cam', at(26)), 'no mp4'),
  },
  {
    what: 'a torn line of a gap',
    kinds: ['gap_line_torn'],
    do: (folder) => appendFile(join(folder, 'cam/2026-11-23/gaps.jsonl'), '{"start": 17'),
  },
  {
    what: 'a gap for a reason that nobody knows',
    kinds: ['gap_line_invalid'],
    do: (folder) =>
      appendFile(join(folder, 'cam/2026-11-23/gaps.jsonl'), '{"start":1795435226,"end":1795435227,"reason":"moon"}\n'),
    left: ['gap_line_invalid'],
  },
  {
    what: 'a file that is not ours, in a day',
    kinds: ['file_unknown'],
    do: (folder) => writeFile(join(folder, 'cam/2026-11-23/notes.txt'), ''),
    left: ['file_unknown'],
  },
  {
    what: 'a file that is not ours, beside the cameras',
    kinds: ['file_unknown'],
    do: (folder) => writeFile(join(folder, 'notes'), ''),
    left: ['file_unknown'],
  },
  {
    what: 'a segment that cannot be read',
    kinds: ['file_unreadable'],
    do: (folder) => mkdir(segmentPath(folder, 'cam', at(26), 1000)),
    left: ['file_unreadable'],
  },
];
