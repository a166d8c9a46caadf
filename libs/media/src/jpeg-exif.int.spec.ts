import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localTime } from '@vr/base';
import { run, runFfmpeg } from './ffmpeg';
import { withOrigin } from './jpeg-exif';
import { jpegSize } from './jpeg-size';

const deadlineMs = 30_000;
const TAKEN_MS = Date.UTC(2026, 10, 23, 2, 15, 0, 123);

describe('what a JPEG says of its origin', () => {
  let folder: string;
  let plain: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exif-'));
    await runFfmpeg(['-f', 'lavfi', '-i', 'testsrc=size=64x48', '-frames:v', '1', '-y', join(folder, 'plain.jpg')], {
      deadlineMs,
    });
    plain = await readFile(join(folder, 'plain.jpg'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Reads the tags with ffmpeg's own reader of Exif. */
  async function told(jpeg: Buffer): Promise<Record<string, string>> {
    await writeFile(join(folder, 'x.jpg'), jpeg);
    const { stdout } = await run(
      'ffprobe',
      ['-v', 'error', '-show_entries', 'frame_tags', '-of', 'json', join(folder, 'x.jpg')],
      { deadlineMs },
    );
    const { frames } = JSON.parse(stdout) as { frames: { tags?: Record<string, string> }[] };
    return Object.fromEntries(Object.entries(frames[0]?.tags ?? {}).map(([name, value]) => [name, value.trim()]));
  }

  it('is its date in local time with the offset, its camera and its software; the picture stays the same', async () => {
    const jpeg = withOrigin(plain, { takenMs: TAKEN_MS, camera: 'cam_1' });
    const { date, time, offset } = localTime(TAKEN_MS);
    const taken = `${date.replaceAll('-', ':')} ${time}`;
    expect(await told(jpeg)).toMatchObject({
      Model: 'cam_1',
      Software: 'Video Recorder',
      DateTime: taken,
      DateTimeOriginal: taken,
      SubSecTimeOriginal: '123',
    });
    expect(jpeg.includes(offset)).toBe(true);
    expect(jpegSize(jpeg)).toEqual({ width: 64, height: 48 });
    // Without its Exif the JPEG equals the old one, so nothing else changed.
    const at = jpeg.indexOf('Exif') - 4;
    expect(Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))])).toEqual(plain);
  });

  it('is not written over, and not into what is no JPEG', async () => {
    const camera = withOrigin(plain, { takenMs: TAKEN_MS, camera: 'its own word' });
    expect(withOrigin(camera, { takenMs: 0, camera: 'cam_2' })).toBe(camera);
    expect((await told(camera))['Model']).toBe('its own word');
    expect(withOrigin(plain.subarray(0, 50), { takenMs: 0, camera: 'cam_2' })).toHaveLength(50);
    expect(withOrigin(Buffer.alloc(0), { takenMs: 0, camera: 'cam_2' })).toHaveLength(0);
  });

  it('stands in front where there is no JFIF segment, and is the same for the same picture', async () => {
    const bare = Buffer.concat([plain.subarray(0, 2), plain.subarray(4 + plain.readUInt16BE(4))]);
    const jpeg = withOrigin(bare, { takenMs: TAKEN_MS, camera: 'c' });
    expect(jpeg.subarray(6, 10).toString()).toBe('Exif');
    expect((await told(jpeg))['Model']).toBe('c');
    expect(withOrigin(bare, { takenMs: TAKEN_MS, camera: 'c' })).toEqual(jpeg);
  });
});
