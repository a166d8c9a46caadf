import { runToEnd, type TemporaryFolder } from '@vr/testing';
import { listSegments } from '../files/catalogue';
import { clock, recordFootage } from '../testing/checked-footage';
import { DAMAGED_BYTES } from '../testing/damaged-bytes';
import { DAMAGED_FOLDERS } from '../testing/damaged-folders';
import { TestStream } from '../testing/test-stream';
import { checkFootage } from './check-footage';
import { FINDING_KINDS, type FindingKind, type FootageReport } from './findings';

const DAMAGES = [...DAMAGED_FOLDERS, ...DAMAGED_BYTES];

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
    expect(kindsOf(await check())).toEqual([...kinds].sort()); // looking changes nothing

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
