import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '@vr/base';
import { cameraId, clipId, clipReady, ContractError, toErrorBody, type ClipJob } from '@vr/contracts';
import { appendGap, writeCameraState } from '@vr/footage';
import { NoRoomError, readRoomWanted } from '@vr/retention';
import { probe } from '@vr/media';
import { hashFile } from '@vr/objects';
import { Pictures } from '@vr/pictures';
import { PostponedError } from '@vr/queue';
import { HealthRegistry } from '@vr/service';
import { FRAMES_PER_SECOND, picturesOf, TestStream } from '@vr/recorded';
import { runToEnd, temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import type { ClipperConfig } from '../config';
import { ClipCutter } from './clip-cutter';
import { ClipFolder } from './clip-folder.adapter';
import { ClipRoom } from './clip-room';

const FRAME_MS = 1000 / FRAMES_PER_SECOND;
/** Second 0 of the test stream. */
const ZERO = Date.UTC(2026, 10, 23, 12, 0, 0);
const clock: Clock = { nowMs: () => ZERO + 3_600_000, monotonicMs: () => performance.now() };
const logger = { warn: () => undefined };
const run = { signal: new AbortController().signal, log: () => undefined };

describe('ClipCutter', () => {
  let stream: TestStream;
  let disk: TemporaryFolder;
  let folder: ClipFolder;
  let cutter: ClipCutter;
  let health: HealthRegistry;
  let roomSettings: ConstructorParameters<typeof ClipRoom>[0];

  beforeAll(async () => {
    stream = await TestStream.encode(30);
  });
  beforeEach(async () => {
    disk = await temporaryFolder();
    folder = new ClipFolder({ CLIPS_DIR: `${disk.path}/clips` }, { warn: () => undefined });
    roomSettings = {
      ...{
        CLIPS_DIR: `${disk.path}/clips`,
        RECORDINGS_DIR: `${disk.path}/recordings`,
        OBJECTS_DIR: `${disk.path}/objects`,
        CLIPS_BUCKET: 'clips',
      },
      ...{ CLIPS_MAX_GB: 1, DISK_HIGH_PERCENT: 100, DISK_MIN_FREE_GB: 0 },
    };
    cutter = cutterWith({});
  });
  const pictures = (): Pictures => new Pictures({ recordingsDir: `${disk.path}/recordings`, clock, decoders: 2 });
  const rules = () =>
    ({
      RECORDINGS_DIR: `${disk.path}/recordings`,
      CLIPS_BUCKET: 'clips',
      CLIP_CUT: 'keyframe',
      CLIP_CODEC: 'copy',
      CLIP_MIXED: 'encode',
    }) as const;
  const cutterWith = (settings: Partial<ClipperConfig>): ClipCutter =>
    new ClipCutter(
      { ...rules(), ...settings },
      clock,
      folder,
      pictures(),
      new ClipRoom(roomSettings, clock, (health = new HealthRegistry())),
      logger,
    );
  afterEach(() => disk.remove());

  const record = (fromSecond: number, toSecond: number, end: 'closed' | 'open' = 'closed'): Promise<unknown> =>
    stream.record(`${disk.path}/recordings`, 'cam_1', ZERO, fromSecond, toSecond, end);
  const job = (startMs: number, endMs: number, momentMs = (startMs + endMs) / 2): ClipJob => ({
    ...{
      clipId: clipId.parse('event_cam_1_1795435200.000'),
      identity: 'x',
      eventId: 'e-1',
      eventType: 'person',
      cameraId: cameraId.parse('cam_1'),
      source: { a: 1 },
    },
    ...{ timestampMs: ZERO + momentMs, startMs: ZERO + startMs, endMs: ZERO + endMs },
  });
  const wantedPictures = (fromMs: number, toMs: number): string[] =>
    stream.pictures.slice(Math.ceil(fromMs / FRAME_MS), Math.ceil(toMs / FRAME_MS));

  it.each([
    [3000, 27_000, 'over four segments, from between key frames'],
    [4000, 12_000, 'from a key frame'],
    [8700, 9300, 'shorter than a GOP'],
    [7350, 21_450, 'between two frames'],
    [20_000, 30_000, 'to the last frame of the segment that is still open'],
  ])('holds exactly the wanted pictures of %d to %d ms: %s', async (startMs, endMs) => {
    for (const from of [0, 8, 16]) await record(from, from + 8);
    await record(24, 30, 'open');
    const wanted = job(startMs, endMs);
    const ready = await cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(await picturesOf(await folder.path(wanted, 'mp4'))).toEqual(wantedPictures(startMs, endMs));
    expect(ready).toMatchObject({
      partial: false,
      gaps: [],
      codec: 'h264',
      width: 320,
      height: 180,
      requested_start: (ZERO + startMs) / 1000,
      requested_end: (ZERO + endMs) / 1000,
    });
    expect(Math.abs(ready.start * 1000 - (ZERO + startMs))).toBeLessThanOrEqual(FRAME_MS);
    expect(Math.abs(ready.end * 1000 - (ZERO + endMs))).toBeLessThanOrEqual(FRAME_MS);
    expect(ready.duration).toBeCloseTo(ready.end - ready.start, 3);
    expect({ sha256: ready.sha256, sizeBytes: ready.size_bytes }).toEqual(
      await hashFile(await folder.path(wanted, 'mp4')),
    );
    expect((await probe(await folder.path(wanted, 'jpg'))).width).toBe(320);
    expect((await readdir(dirname(await folder.path(wanted, 'mp4')))).sort()).toEqual([
      'event_cam_1_1795435200.000.jpg',
      'event_cam_1_1795435200.000.mp4',
    ]);
  });

  it('says what is missing in the middle, and why', async () => {
    await record(0, 8);
    await appendGap(`${disk.path}/recordings`, 'cam_1', {
      startMs: ZERO + 8000,
      endMs: ZERO + 14_000,
      reason: 'camera_disconnected',
    });
    await record(14, 24);
    const wanted = job(4000, 20_000, 6000);
    const ready = await cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(ready).toMatchObject({
      partial: true,
      gaps: [{ start: ZERO / 1000 + 8, end: ZERO / 1000 + 14, reason: 'camera_disconnected' }],
    });
    expect(await picturesOf(await folder.path(wanted, 'mp4'))).toEqual([
      ...wantedPictures(4000, 8000),
      ...wantedPictures(14_000, 20_000),
    ]);
    expect(ready.duration).toBeCloseTo(16, 0);
  });

  it('begins where the footage begins, and ends where it ends', async () => {
    await record(8, 16);
    const wanted = job(2000, 22_000, 9000);
    const ready = await cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(ready).toMatchObject({ start: ZERO / 1000 + 8, partial: true });
    expect(ready.end).toBeCloseTo(ZERO / 1000 + 16, 1);
    expect(ready.gaps.map(({ start, end }) => [start - ZERO / 1000, end - ZERO / 1000])).toEqual([
      [2, 8],
      [16, 22],
    ]);
    expect(await picturesOf(await folder.path(wanted, 'mp4'))).toEqual(wantedPictures(8000, 16_000));
  });

  it.each([
    ['before the footage of a partial clip', 500, 1000],
    ['on its first picture, between key frames', 9300, 9300],
    ['after it', 500, 21_900],
  ])('has a thumbnail of a moment %s', async (_, startMs, momentMs) => {
    await record(8, 16);
    const wanted = job(startMs, 22_000, momentMs);
    await cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(await probe(await folder.path(wanted, 'jpg'))).toMatchObject({ width: 320, height: 180 });
  });

  describe('where the camera changed in the middle', () => {
    /** 160x90 from second 8 to 20, and again the first picture's size until 26, each with 10 pictures a second. */
    const change = async (): Promise<void> => {
      await record(0, 8);
      await (
        await TestStream.encode(30, '160x90', false, 'hevc')
      ).record(`${disk.path}/recordings`, 'cam_1', ZERO, 8, 20);
      await record(20, 26);
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

    it('is whole, encoded, in the size that it has for the longest, each picture at its instant, and says what it is made of', async () => {
      await change();
      const wanted = job(2000, 24_000, 12_000);
      const ready = await cutter.cut({ state: 'claimed', job: wanted }, run);
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
      const stamps = await stampsOf(await folder.path(wanted, 'mp4'));
      expect(stamps).toHaveLength(220);
      stamps.forEach((stamp, i) => expect(Math.abs(stamp - i / FRAMES_PER_SECOND)).toBeLessThan(0.002));
      expect(clipReady.safeParse({ ...ready, url: 'x' }).success).toBe(true);
      // Killed before its record said so, it is cut again: under one name there must be one content.
      expect(await cutter.cut({ state: 'claimed', job: wanted }, run)).toEqual(ready);
    });

    it('keeps a hole: what is missing is missing still, and said', async () => {
      await record(0, 8);
      await (await TestStream.encode(30, '160x90')).record(`${disk.path}/recordings`, 'cam_1', ZERO, 12, 20);
      await appendGap(`${disk.path}/recordings`, 'cam_1', {
        startMs: ZERO + 8000,
        endMs: ZERO + 12_000,
        reason: 'camera_disconnected',
      });
      const wanted = job(4000, 18_000, 6000);
      const ready = await cutter.cut({ state: 'claimed', job: wanted }, run);
      expect(ready).toMatchObject({
        partial: true,
        gaps: [{ start: ZERO / 1000 + 8, end: ZERO / 1000 + 12, reason: 'camera_disconnected' }],
        encoded: 'mixed',
        width: 160,
      });
      const stamps = await stampsOf(await folder.path(wanted, 'mp4'));
      expect(stamps).toHaveLength(100);
      expect(stamps[40]).toBeCloseTo(8, 2);
    });

    it('is a copy of the part around the event with CLIP_MIXED=parts, and calls the rest a gap', async () => {
      await change();
      const ready = await cutterWith({ CLIP_MIXED: 'parts' }).cut(
        { state: 'claimed', job: job(2000, 18_000, 12_000) },
        run,
      );
      expect(ready).toMatchObject({ codec: 'hevc', width: 160, partial: true, start: ZERO / 1000 + 8 });
      expect(ready.gaps).toEqual([{ start: ZERO / 1000 + 2, end: ZERO / 1000 + 8, reason: 'stream_changed' }]);
      expect(ready).not.toHaveProperty('encoded');
    });

    it('gives each part as a copy where its gap is asked for in turn', async () => {
      await change();
      const whole = await cutterWith({ CLIP_MIXED: 'parts' }).cut(
        { state: 'claimed', job: job(2000, 24_000, 12_000) },
        run,
      );
      expect(whole.gaps.map(({ reason }) => reason)).toEqual(['stream_changed', 'stream_changed']);
      for (const { start, end } of whole.gaps) {
        const wanted = job(start * 1000 - ZERO, end * 1000 - ZERO);
        const part = await cutterWith({ CLIP_MIXED: 'parts' }).cut({ state: 'claimed', job: wanted }, run);
        expect(part).toMatchObject({ partial: false, gaps: [], start, end, codec: 'h264', width: 320 });
        expect(part).not.toHaveProperty('encoded');
        expect(await picturesOf(await folder.path(wanted, 'mp4'))).toEqual(
          wantedPictures(start * 1000 - ZERO, end * 1000 - ZERO),
        );
      }
    });

    /** Before each encoding this runs, in a shell. */
    const beforeEncoding = async (script: string, work: () => Promise<void>): Promise<void> => {
      const path = process.env['PATH'] ?? '';
      await writeFile(
        `${disk.path}/ffmpeg`,
        `#!/bin/sh\ncase "$*" in *libx264*) ${script};; esac\nPATH="${path}" exec ffmpeg "$@"\n`,
        { mode: 0o755 },
      );
      try {
        process.env['PATH'] = `${disk.path}:${path}`;
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
        cutter.cut({ state: 'claimed', job: wanted }, { ...run, log: (line) => void lines.push(line) });
      await beforeEncoding(`until [ -e "${disk.path}/go" ]; do sleep 0.05; done`, async () => {
        const two = [1, 2].map((n) => cut(named(n, 2000, 18_000, 12_000)));
        await until(() => lines.filter((line) => line.startsWith('encoding: the camera changed')).length === 2, {
          what: 'two that are being encoded',
          deadlineMs: 20_000,
        });
        await expect(cut(named(3, 2000, 18_000, 12_000))).rejects.toThrow(
          new PostponedError('other clips are being encoded', 0),
        );
        expect(await cut(named(4, 2000, 6000, 4000))).toMatchObject({ width: 320, partial: false });
        await writeFile(`${disk.path}/go`, '');
        expect((await Promise.all(two)).map(({ encoded }) => encoded)).toEqual(['mixed', 'mixed']);
        expect(await cut(named(3, 2000, 18_000, 12_000))).toMatchObject({ encoded: 'mixed' });
      });
    });

    it('is a copy where the window only touches what is different', async () => {
      await change();
      const wanted = job(2000, 8015, 6000);
      expect(await cutter.cut({ state: 'claimed', job: wanted }, run)).not.toHaveProperty('encoded');
      expect(await picturesOf(await folder.path(wanted, 'mp4'))).toEqual(wantedPictures(2000, 8000));
    });

    it('leaves nothing behind where the encoder fails, says what failed, and is made when it works again', async () => {
      await change();
      const wanted = job(2000, 18_000, 12_000);
      await beforeEncoding('echo "malloc of size 3110400 failed" >&2; exit 1', async () => {
        const lines: string[] = [];
        const error: unknown = await cutter
          .cut({ state: 'claimed', job: wanted }, { ...run, log: (line) => void lines.push(line) })
          .catch((failure: unknown) => failure);
        // For whoever waits for the clip, and for whoever can mend it.
        expect(toErrorBody(error)).toEqual({
          code: 'internal',
          message: expect.stringMatching(
            /must be encoded \(the camera changed in the middle: .*footage is unharmed/,
          ) as string,
        });
        expect(lines.at(-1)).toBe('ffmpeg failed (exit code 1): malloc of size 3110400 failed');
      });
      expect(await readdir(dirname(await folder.path(wanted, 'mp4')))).toEqual([]);
      expect(await cutter.cut({ state: 'claimed', job: wanted }, run)).toMatchObject({
        partial: false,
        encoded: 'mixed',
      });
    });
  });

  it.each([
    ['a first frame without an edit list', { CLIP_CUT: 'reencode' }, 'h264'],
    ['H.264 of H.264 as it is', { CLIP_CODEC: 'h264' }, 'h264'],
  ] as const)('gives %s', async (_, settings, codec) => {
    for (const from of [0, 8]) await record(from, from + 8);
    const wanted = job(3300, 12_700);
    const ready = await cutterWith(settings).cut({ state: 'claimed', job: wanted }, run);
    const path = await folder.path(wanted, 'mp4');
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
    for (const from of [0, 8]) await h265.record(`${disk.path}/recordings`, 'cam_1', ZERO, from, from + 8);
    const wanted = job(3300, 12_700);
    const ready = await cutterWith({ CLIP_CODEC }).cut({ state: 'claimed', job: wanted }, run);
    expect(ready).toMatchObject({ codec, partial: false, start: ZERO / 1000 + 3.3, end: ZERO / 1000 + 12.7 });
    expect(await picturesOf(await folder.path(wanted, 'mp4'))).toHaveLength(94);
    expect((await readFile(await folder.path(wanted, 'mp4'))).includes(tag)).toBe(true);
    expect(await probe(await folder.path(wanted, 'jpg'))).toMatchObject({ width: 320 });
  });

  it('is no larger than messengers take, and says what it is', async () => {
    for (const from of [0, 8, 16]) await record(from, from + 8);
    const wanted = job(3300, 22_700);
    const whole = await cutter.cut({ state: 'claimed', job: wanted }, run);
    const mb = whole.size_bytes / 2 / 1e6;
    const ready = await cutterWith({ CLIP_MAX_MB: mb }).cut({ state: 'claimed', job: wanted }, run);
    expect(ready.size_bytes).toBeLessThanOrEqual(mb * 1e6);
    expect({ sha256: ready.sha256, sizeBytes: ready.size_bytes }).toEqual(
      await hashFile(await folder.path(wanted, 'mp4')),
    );
    expect(await cutterWith({ CLIP_MAX_MB: mb * 3 }).cut({ state: 'claimed', job: wanted }, run)).toMatchObject({
      sha256: whole.sha256,
    });
  });

  it('does not wait for a camera that is down', async () => {
    await record(0, 8);
    await writeCameraState(`${disk.path}/recordings`, {
      camera_id: cameraId.parse('cam_1'),
      state: 'offline',
      since: ZERO / 1000 + 8,
      reason: 'camera_refused',
    });
    const just = { nowMs: () => ZERO + 13_000, monotonicMs: () => 0 }; // whose time stands still: no grace ever passes
    const here = new ClipCutter(
      rules(),
      just,
      folder,
      pictures(),
      new ClipRoom(roomSettings, clock, new HealthRegistry()),
      logger,
    );
    expect(await here.awaitFootage('cam_1', ZERO + 10_000, run.signal)).toBe('no_more');
    expect(await here.awaitFootage('cam_1', ZERO + 7900, run.signal)).toBe('covered');
  });

  it('cuts nothing where the budget has no room for file and object, says so, and asks the janitor for room', async () => {
    await record(0, 8);
    const bytes = (await cutter.cut({ state: 'claimed', job: job(1000, 7000) }, run)).size_bytes;
    // Room for the clip that is there, and for one and a half.
    roomSettings = { ...roomSettings, CLIPS_MAX_GB: (3.5 * bytes) / 1e9 };
    const other = { ...job(1000, 7000), clipId: clipId.parse('event_cam_1_1795435201.000') };
    const full = cutterWith({});
    expect((await health.readiness()).dependencies['room for clips']).toEqual({
      state: 'up',
      sentence: 'no clip waits for room',
    });
    await expect(full.cut({ state: 'claimed', job: other }, run)).rejects.toThrow(NoRoomError);
    expect((await health.readiness()).dependencies['room for clips']).toMatchObject({
      state: 'degraded',
      sentence: expect.stringMatching(/^of the clips 1 waits for room: .*\(CLIPS_MAX_GB\)/) as string,
    });
    expect(await readdir(dirname(await folder.path(other, 'mp4')))).toEqual(
      expect.not.arrayContaining([expect.stringContaining('1795435201')]) as string[],
    );
    expect(await readRoomWanted(`${disk.path}/clips`)).toMatchObject({ wanted_bytes: expect.any(Number) as number });
    roomSettings = { ...roomSettings, MINIO_ENDPOINT: 'a.server:9000' };
    expect(await cutterWith({}).cut({ state: 'claimed', job: other }, run)).toMatchObject({ size_bytes: bytes });
    expect(await readRoomWanted(`${disk.path}/clips`)).toBeDefined(); // another process's
  });

  it('has the same bytes however often it is cut', async () => {
    await record(0, 8);
    const [one, two] = [
      await cutter.cut({ state: 'claimed', job: job(1000, 7000) }, run),
      await cutter.cut({ state: 'claimed', job: job(1000, 7000) }, run),
    ];
    expect(one).toEqual(two);
  });

  it('finds no footage where there is none, and leaves nothing behind', async () => {
    await record(0, 8);
    const failure: unknown = await cutter
      .cut({ state: 'claimed', job: job(10_000, 20_000) }, run)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContractError);
    expect(failure).toMatchObject({ code: 'no_footage' });
  });
});
