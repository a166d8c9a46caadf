import { appendFile, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd, type TemporaryFolder } from '@vr/testing';
import { findPath, writeBaseDecodeTime, writeProducerTime } from '@vr/mp4';
import { listSegments } from '../files/catalogue';
import { appendGap, readGaps } from '../files/gaps';
import { segmentPath } from '../files/names';
import { fragmentHeader, readSegmentIndex, type SegmentIndex } from '../read/segment-index';
import { checkFootage } from './check-footage';
import { FINDING_KINDS, type FindingKind, type FootageReport } from './findings';
import { at, clock, recordFootage } from '../testing/checked-footage';
import { TestStream } from '../testing/test-stream';

const middle = (folder: string): string => segmentPath(folder, 'cam', at(6), 6000);
const last = (folder: string): string => segmentPath(folder, 'cam', at(20), 6000);

interface Damage {
  what: string;
  kinds: FindingKind[];
  do: (folder: string, stream: TestStream) => Promise<unknown>;
  /** Kinds that a repair leaves; none: the footage is in order afterwards. */
  left?: FindingKind[];
  after?: (folder: string) => Promise<void>;
}

async function edit(path: string, change: (bytes: Buffer, index: SegmentIndex) => Buffer | undefined): Promise<void> {
  const bytes = await readFile(path);
  const index = await readSegmentIndex({ path, startMs: 0 });
  await writeFile(path, change(bytes, index) ?? bytes);
}

/** The n-th fragment, in place in the file's bytes. */
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

const DAMAGES: Damage[] = [
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

describe('the truth check', () => {
  let stream: TestStream;
  let temporary: TemporaryFolder;
  let folder: string;

  beforeAll(async () => {
    stream = await TestStream.encode(12);
  });
  beforeEach(async () => {
    temporary = await recordFootage(stream);
    folder = temporary.path;
  });
  afterEach(() => temporary.remove());

  const check = (repair = false): Promise<FootageReport> =>
    checkFootage({ recordingsDir: folder, repair, recorderStopped: true, clock });
  const kindsOf = ({ findings }: FootageReport): FindingKind[] => findings.map(({ kind }) => kind).sort();

  it('has a damage for every kind of finding', () => {
    expect([...new Set(DAMAGES.flatMap(({ kinds }) => kinds))].sort()).toEqual([...FINDING_KINDS].sort());
  });

  it.each(DAMAGES)('finds $what, and repairs what can be', async ({ kinds, do: damage, left = [], after }) => {
    await damage(folder, stream);
    const before = await check();
    expect(kindsOf(before)).toEqual([...kinds].sort());
    expect(
      before.findings.every(
        ({ repaired, repair, wanted, found }) => !repaired && repair === undefined && wanted !== '' && found !== '',
      ),
    ).toBe(true);
    expect(kindsOf(await check())).toEqual([...kinds].sort()); // looking changed nothing

    const repaired = await check(true);
    expect(kindsOf(repaired)).toEqual([...kinds].sort());
    expect(repaired.findings.filter(({ repaired }) => !repaired).map(({ kind }) => kind)).toEqual(left);
    expect(repaired.findings.every(({ repair }) => repair !== undefined)).toBe(true);
    expect(kindsOf(await check())).toEqual(left);
    for (const { path } of (await listSegments(folder, 'cam')).filter(
      ({ path }) => !before.findings.some((f) => f.kind === 'file_unreadable' && f.path === path),
    )) {
      await runToEnd('ffprobe', ['-v', 'error', path]);
    }
    await after?.(folder);
  });
});
