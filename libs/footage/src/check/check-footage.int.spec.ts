import { appendFile, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { runToEnd } from '@vr/testing';
import { listSegments } from '../files/catalogue';
import { appendGap, readGaps } from '../files/gaps';
import { segmentPath } from '../files/names';
import { readSegmentIndex } from '../read/segment-index';
import { checkFootage } from './check-footage';
import { type FindingKind, type FootageReport } from './findings';
import { at, clock, recordFootage, START_MS } from '../testing/checked-footage';
import { TestStream } from '../testing/test-stream';

describe('the truth check', () => {
  let stream: TestStream;
  let footage: Awaited<ReturnType<typeof recordFootage>>;
  let folder: string;

  beforeAll(async () => {
    stream = await TestStream.encode(12);
  });
  beforeEach(async () => {
    footage = await recordFootage(stream);
    folder = footage.path;
  });
  afterEach(() => footage.remove());

  const check = (repair = false): Promise<FootageReport> =>
    checkFootage({ recordingsDir: folder, repair, recorderStopped: true, clock });
  const kindsOf = ({ findings }: FootageReport): FindingKind[] => findings.map(({ kind }) => kind).sort();
  const packets = async (path: string): Promise<number> =>
    Number(
      (
        await runToEnd('ffprobe', [
          '-v',
          'error',
          '-count_packets',
          '-select_streams',
          'v:0',
          '-show_entries',
          'stream=nb_read_packets',
          '-of',
          'csv=p=0',
          path,
        ])
      ).stdout
        .toString()
        .trim(),
    );

  it('finds nothing wrong with footage that is in order, and says what there is', async () => {
    expect(await check()).toMatchObject({
      findings: [],
      gaps: [{ cameraId: 'cam', startMs: at(12), endMs: at(20), reason: 'camera_stalled' }],
      totals: { cameras: 1, segments: 3, openSegments: 0, footageMs: 18_000, gapMs: 8000, findings: 0, quarantined: 0 },
    });
  });

  it('keeps of two damaged files of one name both', async () => {
    for (let i = 0; i < 2; i++) {
      await writeFile(segmentPath(folder, 'cam', at(26), 1000), `garbage ${i}`);
      await check(true);
    }
    const kept = await Promise.all(
      (await readdir(join(folder, '.quarantine'))).map((name) => readFile(join(folder, '.quarantine', name), 'utf8')),
    );
    expect(kept.sort()).toEqual(['garbage 0', 'garbage 1']);
    expect((await check()).totals.quarantined).toBe(2);
  });

  it('replaces no file by a repaired one', async () => {
    await writeFile(segmentPath(folder, 'cam', at(20), 9000), await readFile(footage.last));
    const { findings } = await check(true);
    expect(findings.find(({ kind }) => kind === 'duration_wrong')).toMatchObject({
      repaired: false,
      repair: 'failed: cam/2026-11-23/cam_20261123_100020.000Z_6000.mp4 is there already',
    });
    expect(await listSegments(folder, 'cam')).toHaveLength(4);
  });

  it('looks at a range only, and counts what lies in it', async () => {
    await appendFile(footage.middle, 'garbage');
    const report = await checkFootage({
      recordingsDir: folder,
      fromMs: at(16),
      toMs: at(22),
      recorderStopped: true,
      clock,
    });
    expect(report).toMatchObject({
      findings: [],
      gaps: [{ startMs: at(12), endMs: at(20) }],
      totals: { segments: 1, footageMs: 2000 },
    });
    expect(kindsOf(await checkFootage({ recordingsDir: folder, toMs: at(7), recorderStopped: true, clock }))).toEqual([
      'torn_tail',
    ]);
  });

  it('says how far it is', async () => {
    const steps: [number, number][] = [];
    await checkFootage({ recordingsDir: folder, clock, onProgress: ({ done, total }) => steps.push([done, total]) });
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('does not take a folder or a camera that is not there for one in order', async () => {
    await expect(checkFootage({ recordingsDir: join(folder, 'nowhere'), clock })).rejects.toThrow('ENOENT');
    await expect(checkFootage({ recordingsDir: folder, cameraIds: ['cam', 'cam_9'], clock })).rejects.toThrow(
      'no footage of a camera cam_9',
    );
  });

  it('finds nothing wrong with sound', async () => {
    const loud = await TestStream.encode(6, 'audio');
    await loud.record(folder, 'loud', START_MS, 0, 6);
    const report = await checkFootage({ recordingsDir: folder, cameraIds: ['loud'], clock });
    expect(report).toMatchObject({ findings: [], totals: { segments: 1 } });
    expect(report.totals.footageMs).toBeGreaterThan(5900);
  });

  it('knows a clock that was set back by the line that says so', async () => {
    await stream.record(folder, 'cam', at(23), 0, 6);
    await appendGap(folder, 'cam', { startMs: at(26), endMs: at(23), reason: 'clock_step' });
    expect(kindsOf(await check())).toEqual([]);
  });

  describe('beside a recorder that lives', () => {
    /** The newest segment is open and its last fragment is half written. The run before it has no line yet. */
    beforeEach(async () => {
      await stream.record(folder, 'cam', at(30), 0, 6, 'open');
      const path = segmentPath(folder, 'cam', at(30));
      await truncate(path, (await stat(path)).size - 500);
      await utimes(path, new Date(at(36)), new Date(at(36)));
    });
    const liveCheck = (nowMs: number): Promise<FootageReport> =>
      checkFootage({ recordingsDir: folder, repair: true, clock: { nowMs: () => nowMs, monotonicMs: () => 0 } });

    it('excuses what is being written, and touches none of it', async () => {
      const path = segmentPath(folder, 'cam', at(30));
      const before = await readFile(path);
      expect(await liveCheck(at(40))).toMatchObject({ findings: [], totals: { openSegments: 1 } });
      expect((await readFile(path)).equals(before)).toBe(true);
      expect(await readGaps(folder, 'cam', at(20), at(40))).toEqual([]);
    });

    it('wants the line of a gap once the run is old enough to have written it', async () => {
      const path = segmentPath(folder, 'cam', at(30));
      await utimes(path, new Date(at(100)), new Date(at(100)));
      expect(kindsOf(await liveCheck(at(101)))).toEqual(['gap_missing']);
    });

    it('leaves a torn line of today alone, behind which the recorder may be writing the next', async () => {
      await appendFile(join(folder, 'cam/2026-11-23/gaps.jsonl'), '{"start": 17');
      expect((await liveCheck(at(40))).findings).toMatchObject([
        { kind: 'gap_line_torn', repaired: false, repair: 'nothing: a recorder may be appending to this file' },
      ]);
      await appendGap(folder, 'cam', { startMs: at(26), endMs: at(30), reason: 'camera_stalled' });
      expect(await readGaps(folder, 'cam', at(25), at(40))).toEqual([
        { startMs: at(26), endMs: at(30), reason: 'camera_stalled' },
      ]);
    });

    it('believes state.json that its recorder lives, though the disk is slow', async () => {
      await writeFile(join(folder, 'cam/state.json'), '{}');
      await utimes(join(folder, 'cam/state.json'), new Date(at(200)), new Date(at(200)));
      expect((await liveCheck(at(220))).totals.openSegments).toBe(1);
    });

    it('finishes the segment once nobody has written it for long', async () => {
      const { findings } = await liveCheck(at(600));
      expect(findings.map(({ kind, repaired }) => [kind, repaired])).toEqual([
        ['segment_abandoned', true],
        ['gap_missing', true],
      ]);
      expect((await listSegments(folder, 'cam')).at(-1)).toMatchObject({ startMs: at(30), endMs: at(35) });
      expect((await liveCheck(at(601))).findings).toEqual([]);
    });
  });

  it('leaves of a file cut at any byte every whole fragment, in a file that plays', async () => {
    const path = footage.last;
    const whole = await readFile(path);
    const { fragments } = await readSegmentIndex({ path, startMs: at(20) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), fc.boolean(), async (cutAt, isOpen) => {
        for (const segment of await listSegments(folder, 'cam', at(20))) await rm(segment.path);
        await rm(join(folder, '.quarantine'), { recursive: true, force: true });
        await writeFile(isOpen ? segmentPath(folder, 'cam', at(20)) : path, whole.subarray(0, cutAt));
        const kept = fragments.filter(({ offset, sizeBytes }) => offset + sizeBytes <= cutAt);

        expect((await check(true)).findings.every(({ repaired }) => repaired)).toBe(true);
        expect((await check()).findings).toEqual([]);
        const [segment] = await listSegments(folder, 'cam', at(20));
        if (kept.length === 0) {
          expect(segment).toBeUndefined();
          const [quarantined] = await readdir(join(folder, '.quarantine'));
          expect((await stat(join(folder, '.quarantine', quarantined ?? ''))).size).toBe(cutAt);
          return;
        }
        expect(segment).toMatchObject({ startMs: at(20), endMs: kept.at(-1)?.endMs });
        const { offset, sizeBytes } = kept.at(-1) ?? { offset: 0, sizeBytes: 0 };
        expect(
          (await readFile(segment?.path ?? ''))
            .subarray(0, offset + sizeBytes)
            .equals(whole.subarray(0, offset + sizeBytes)),
        ).toBe(true);
        expect(await packets(segment?.path ?? '')).toBe(kept.length * 10);
      }),
      { numRuns: 40 },
    );
  });

  it('bears any damage anywhere, repairs what it can at once, and loses no byte of media behind it', async () => {
    const path = footage.last;
    const whole = await readFile(path);
    const { fragments } = await readSegmentIndex({ path, startMs: at(20) });
    const garbage = fc.uint8Array({ minLength: 1, maxLength: 64 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 64 }), garbage, async (from, bytes) => {
        for (const segment of await listSegments(folder, 'cam', at(20))) await rm(segment.path);
        await rm(join(folder, '.quarantine'), { recursive: true, force: true });
        const damaged = Buffer.from(whole);
        damaged.set(bytes, from);
        await writeFile(path, damaged);

        await check(true);
        const left = await check();
        expect((await check(true)).findings.filter(({ repaired }) => repaired)).toEqual([]);
        expect(
          left.findings.filter(({ kind }) => ['torn_tail', 'index_missing', 'index_wrong'].includes(kind)),
        ).toEqual([]);
        const names = (await listSegments(folder, 'cam', at(0))).map((segment) => segment.path);
        const kept = await readdir(join(folder, '.quarantine')).catch((): string[] => []);
        const files = await Promise.all(
          [...names, ...kept.map((name) => join(folder, '.quarantine', name))].map((file) => readFile(file)),
        );
        for (const { offset, sizeBytes } of fragments) {
          if (offset + sizeBytes > from && offset < from + bytes.length) continue;
          const media = whole.subarray(offset + 32, offset + sizeBytes); // without the prft, which a repair writes anew
          expect(files.some((file) => file.includes(media))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
