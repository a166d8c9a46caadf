import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PostponedError } from '@vr/base';
import { clipId, clipReady, toErrorBody, type ClipJob } from '@vr/contracts';
import { appendGap } from '@vr/footage';
import { probe } from '@vr/media';
import { hashFile } from '@vr/objects';
import { FRAMES_PER_SECOND, picturesOf, TestStream } from '@vr/recorded';
import { runToEnd, until } from '@vr/testing';
import { CutterBench, job, run, ZERO } from '../testing/cutter-bench';

describe('a clip that is more than a copy', () => {
  let stream: TestStream;
  let bench: CutterBench;
  beforeAll(async () => {
    stream = await TestStream.encode(30);
  });
  beforeEach(async () => {
    bench = await CutterBench.begin(stream);
  });
  afterEach(() => bench.remove());

  describe('where the camera changed in the middle', () => {
    /**
     * The picture is 160x90 from second 8 to 20, and again of the first size until 26. All have 10 pictures a second.
     */
    const change = async (): Promise<void> => {
      await bench.record(0, 8);
      await (await TestStream.encode(30, '160x90', false, 'hevc')).record(bench.recordingsDir, 'cam_1', ZERO, 8, 20);
      await bench.record(20, 26);
    };
    const stampsOf = async (path: string): Promise<number[]> => {
      const { stdout } = await runToEnd('ffprobe', [
        '-v',
        'error',
        '-select_streams',
        'v:0',
        '-show_entries',
        'packet=pts_time',
        '-of',
        'csv=p=0',
        path,
      ]);
      return stdout.toString().trim().split('\n').map(Number.parseFloat);
    };

    it('is whole, encoded, in its longest size, each picture at its instant, and says what it is made of', async () => {
      await change();
      const wanted = job(2000, 24_000, 12_000);
      const ready = await bench.cutter.cut({ state: 'claimed', job: wanted }, run);
      expect(ready).toMatchObject({
        partial: false,
        gaps: [],
        start: ZERO / 1000 + 2,
        end: ZERO / 1000 + 24,
        duration: 22,
        codec: 'h264',
        width: 160,
        height: 90,
        encoded: 'mixed',
      });
      expect(ready.streams).toEqual([
        { start: ZERO / 1000 + 2, end: ZERO / 1000 + 8, codec: 'h264', width: 320, height: 180 },
        { start: ZERO / 1000 + 8, end: ZERO / 1000 + 20, codec: 'hevc', width: 160, height: 90 },
        { start: ZERO / 1000 + 20, end: ZERO / 1000 + 24, codec: 'h264', width: 320, height: 180 },
      ]);
      const stamps = await stampsOf(await bench.folder.path(wanted, 'mp4'));
      expect(stamps).toHaveLength(220);
      stamps.forEach((stamp, i) => expect(Math.abs(stamp - i / FRAMES_PER_SECOND)).toBeLessThan(0.002));
      expect(clipReady.safeParse({ ...ready, url: 'x' }).success).toBe(true);
      // A clip whose worker was killed before the record said so is cut again. Under one name there must be one
      // content.
      expect(await bench.cutter.cut({ state: 'claimed', job: wanted }, run)).toEqual(ready);
    });

    it('keeps a hole: what is missing is missing still, and said', async () => {
      await bench.record(0, 8);
      await (await TestStream.encode(30, '160x90')).record(bench.recordingsDir, 'cam_1', ZERO, 12, 20);
      await appendGap(bench.recordingsDir, 'cam_1', {
        startMs: ZERO + 8000,
        endMs: ZERO + 12_000,
        reason: 'camera_disconnected',
      });
      const wanted = job(4000, 18_000, 6000);
      const ready = await bench.cutter.cut({ state: 'claimed', job: wanted }, run);
      expect(ready).toMatchObject({
        partial: true,
        gaps: [{ start: ZERO / 1000 + 8, end: ZERO / 1000 + 12, reason: 'camera_disconnected' }],
        encoded: 'mixed',
        width: 160,
      });
      const stamps = await stampsOf(await bench.folder.path(wanted, 'mp4'));
      expect(stamps).toHaveLength(100);
      expect(stamps[40]).toBeCloseTo(8, 2);
    });

    it('is a copy of the part around the event with CLIP_MIXED=parts, and calls the rest a gap', async () => {
      await change();
      const ready = await bench
        .cutterWith({ CLIP_MIXED: 'parts' })
        .cut({ state: 'claimed', job: job(2000, 18_000, 12_000) }, run);
      expect(ready).toMatchObject({ codec: 'hevc', width: 160, partial: true, start: ZERO / 1000 + 8 });
      expect(ready.gaps).toEqual([{ start: ZERO / 1000 + 2, end: ZERO / 1000 + 8, reason: 'stream_changed' }]);
      expect(ready).not.toHaveProperty('encoded');
    });

    it('gives each part as a copy where its gap is asked for in turn', async () => {
      await change();
      const whole = await bench
        .cutterWith({ CLIP_MIXED: 'parts' })
        .cut({ state: 'claimed', job: job(2000, 24_000, 12_000) }, run);
      expect(whole.gaps.map(({ reason }) => reason)).toEqual(['stream_changed', 'stream_changed']);
      for (const { start, end } of whole.gaps) {
        const wanted = job(start * 1000 - ZERO, end * 1000 - ZERO);
        const part = await bench.cutterWith({ CLIP_MIXED: 'parts' }).cut({ state: 'claimed', job: wanted }, run);
        expect(part).toMatchObject({ partial: false, gaps: [], start, end, codec: 'h264', width: 320 });
        expect(part).not.toHaveProperty('encoded');
        expect(await picturesOf(await bench.folder.path(wanted, 'mp4'))).toEqual(
          bench.wantedPictures(start * 1000 - ZERO, end * 1000 - ZERO),
        );
      }
    });

    /** A shell runs this before each encoding. */
    const beforeEncoding = async (script: string, work: () => Promise<void>): Promise<void> => {
      const path = process.env['PATH'] ?? '';
      await writeFile(
        `${bench.path}/ffmpeg`,
        `#!/bin/sh\ncase "$*" in *libx264*) ${script};; esac\nPATH="${path}" exec ffmpeg "$@"\n`,
        { mode: 0o755 },
      );
      try {
        process.env['PATH'] = `${bench.path}:${path}`;
        await work();
      } finally {
        process.env['PATH'] = path;
      }
    };

    it('waits where two others are being encoded, and holds up no copy', async () => {
      await change();
      const named = (n: number, ...window: [number, number, number]): ClipJob => ({
        ...job(...window),
        clipId: clipId.parse(`event_cam_1_179543520${n}.000`),
      });
      const lines: string[] = [];
      const cut = (wanted: ClipJob) =>
        bench.cutter.cut({ state: 'claimed', job: wanted }, { ...run, log: (line) => void lines.push(line) });
      await beforeEncoding(`until [ -e "${bench.path}/go" ]; do sleep 0.05; done`, async () => {
        const two = [1, 2].map((n) => cut(named(n, 2000, 18_000, 12_000)));
        await until(() => lines.filter((line) => line.startsWith('encoding: the camera changed')).length === 2, {
          what: 'two that are being encoded',
          deadlineMs: 20_000,
        });
        await expect(cut(named(3, 2000, 18_000, 12_000))).rejects.toThrow(
          new PostponedError('other clips are being encoded', 0),
        );
        expect(await cut(named(4, 2000, 6000, 4000))).toMatchObject({ width: 320, partial: false });
        await writeFile(`${bench.path}/go`, '');
        expect((await Promise.all(two)).map(({ encoded }) => encoded)).toEqual(['mixed', 'mixed']);
        expect(await cut(named(3, 2000, 18_000, 12_000))).toMatchObject({ encoded: 'mixed' });
      });
    });

    it('is a copy where the window only touches what is different', async () => {
      await change();
      const wanted = job(2000, 8015, 6000);
      expect(await bench.cutter.cut({ state: 'claimed', job: wanted }, run)).not.toHaveProperty('encoded');
      expect(await picturesOf(await bench.folder.path(wanted, 'mp4'))).toEqual(bench.wantedPictures(2000, 8000));
    });

    it('leaves nothing behind where the encoder fails, says what failed, and is made when it works again', async () => {
      await change();
      const wanted = job(2000, 18_000, 12_000);
      await beforeEncoding('echo "malloc of size 3110400 failed" >&2; exit 1', async () => {
        const lines: string[] = [];
        const error: unknown = await bench.cutter
          .cut({ state: 'claimed', job: wanted }, { ...run, log: (line) => void lines.push(line) })
          .catch((failure: unknown) => failure);
        // The message tells whoever waits for the clip. The log tells whoever can mend it.
        expect(toErrorBody(error)).toEqual({
          code: 'internal',
          message: expect.stringMatching(
            /must be encoded \(the camera changed in the middle: .*footage is unharmed/,
          ) as string,
        });
        expect(lines.at(-1)).toBe('ffmpeg failed (exit code 1): malloc of size 3110400 failed');
      });
      expect(await readdir(dirname(await bench.folder.path(wanted, 'mp4')))).toEqual([]);
      expect(await bench.cutter.cut({ state: 'claimed', job: wanted }, run)).toMatchObject({
        partial: false,
        encoded: 'mixed',
      });
    });
  });

  it.each([
    ['a first frame without an edit list', { CLIP_CUT: 'reencode' }, 'h264'],
    ['H.264 of H.264 as it is', { CLIP_CODEC: 'h264' }, 'h264'],
  ] as const)('gives %s', async (_, settings, codec) => {
    for (const from of [0, 8]) await bench.record(from, from + 8);
    const wanted = job(3300, 12_700);
    const ready = await bench.cutterWith(settings).cut({ state: 'claimed', job: wanted }, run);
    const path = await bench.folder.path(wanted, 'mp4');
    expect(ready).toMatchObject({
      codec,
      start: ZERO / 1000 + 3.3,
      end: ZERO / 1000 + 12.7,
      ...(await hashFile(path).then(({ sha256, sizeBytes }) => ({ sha256, size_bytes: sizeBytes }))),
    });
    expect(await picturesOf(path)).toHaveLength(94);
    expect((await readFile(path)).includes('elst')).toBe(!('CLIP_CUT' in settings));
  });

  it.each([
    ['as it is, tagged for Apple players', 'copy', 'hevc', 'hvc1'],
    ['as H.264 where that is wanted', 'h264', 'h264', 'avc1'],
  ] as const)('gives H.265 footage %s', async (_, CLIP_CODEC, codec, tag) => {
    const h265 = await TestStream.encode(16, '320x180', false, 'hevc');
    for (const from of [0, 8]) await h265.record(bench.recordingsDir, 'cam_1', ZERO, from, from + 8);
    const wanted = job(3300, 12_700);
    const ready = await bench.cutterWith({ CLIP_CODEC }).cut({ state: 'claimed', job: wanted }, run);
    expect(ready).toMatchObject({ codec, partial: false, start: ZERO / 1000 + 3.3, end: ZERO / 1000 + 12.7 });
    expect(await picturesOf(await bench.folder.path(wanted, 'mp4'))).toHaveLength(94);
    expect((await readFile(await bench.folder.path(wanted, 'mp4'))).includes(tag)).toBe(true);
    expect(await probe(await bench.folder.path(wanted, 'jpg'))).toMatchObject({ width: 320 });
  });

  it('is no larger than messengers take, and says what it is', async () => {
    for (const from of [0, 8, 16]) await bench.record(from, from + 8);
    const wanted = job(3300, 22_700);
    const whole = await bench.cutter.cut({ state: 'claimed', job: wanted }, run);
    const mb = whole.size_bytes / 2 / 1e6;
    const ready = await bench.cutterWith({ CLIP_MAX_MB: mb }).cut({ state: 'claimed', job: wanted }, run);
    expect(ready.size_bytes).toBeLessThanOrEqual(mb * 1e6);
    expect({ sha256: ready.sha256, sizeBytes: ready.size_bytes }).toEqual(
      await hashFile(await bench.folder.path(wanted, 'mp4')),
    );
    expect(await bench.cutterWith({ CLIP_MAX_MB: mb * 3 }).cut({ state: 'claimed', job: wanted }, run)).toMatchObject({
      sha256: whole.sha256,
    });
  });
});
