import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@vr/base';
import { cameraConfig } from '@vr/contracts';
import { listSegments } from '@vr/footage';
import { Pictures } from '@vr/pictures';
import { lumaOf, lumaOfJpeg, recordGreys } from '@vr/recorded';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { FootageArrivals } from './footage-arrivals';
import { FootagePicture } from './footage-picture';
import type { Picture } from './picture';

const camera = (id: string) => cameraConfig.parse({ id, url: 'rtsp://10.0.0.5/1' });
/** This is so long ago that no footage of it is still on its way. */
const START_MS = Date.now() - 600_000;

describe('FootagePicture', () => {
  let disk: TemporaryFolder;
  let footage: FootagePicture;
  beforeAll(async () => {
    disk = await temporaryFolder('footage-picture');
    const config = { RECORDINGS_DIR: disk.path, RETENTION_DAYS: 7 };
    const pictures = new Pictures({ recordingsDir: disk.path, clock: systemClock, decoders: 2 });
    footage = new FootagePicture(
      config,
      systemClock,
      new FootageArrivals(config, systemClock, { register: () => undefined }),
      pictures,
    );
  });
  afterAll(() => disk.remove());

  const luma = async ({ jpeg }: Picture): Promise<number> => {
    const path = join(disk.path, 'picture.jpg');
    await writeFile(path, jpeg);
    return lumaOfJpeg(path);
  };

  it.each([
    ['in the order of decoding', 'plain', ['-bf', '0']],
    ['reordered', 'reordered', ['-preset', 'veryfast', '-bf', '3']],
    [
      'reordered over key frames',
      'open_gop',
      ['-preset', 'veryfast', '-bf', '3', '-x264-params', 'open-gop=1:b-adapt=0'],
    ],
    ['far from a key frame', 'long_gop', ['-g', '250']],
  ])('is the last frame before the instant, with pictures %s', async (_, id, encoder) => {
    await recordGreys(disk.path, id, START_MS, 7, encoder);
    // A reordered stream's first picture is shown a little after its segment begins.
    const firstMs = (await footage.at(camera(id), START_MS)).capturedMs;
    expect(firstMs - START_MS).toBeLessThan(200);
    for (const second of [1, 2, 3, 4, 5, 6]) {
      const [before, from] = [
        await footage.at(camera(id), firstMs + second * 1000 - 1),
        await footage.at(camera(id), firstMs + second * 1000 + 1),
      ];
      expect([before.capturedMs, from.capturedMs].map((ms) => Math.round((ms - firstMs) / 40))).toEqual([
        second * 25 - 1,
        second * 25,
      ]);
      expect(Math.abs((await luma(before)) - lumaOf(second - 1))).toBeLessThan(4);
      expect(Math.abs((await luma(from)) - lumaOf(second))).toBeLessThan(4);
    }
  });

  it('says where footage is, when there is none of the instant', async () => {
    await recordGreys(disk.path, 'holes', START_MS - 60_000, 2);
    await recordGreys(disk.path, 'holes', START_MS, 2);
    const message = expect.stringMatching(
      new RegExp(`${new Date(START_MS - 60_000).toISOString()}.*${new Date(START_MS).toISOString()}`),
    ) as string;
    await expect(footage.at(camera('holes'), START_MS - 30_000)).rejects.toMatchObject({ code: 'no_footage', message });
    // Within a second of the instant, the nearest frame is shown.
    expect((await footage.at(camera('holes'), START_MS - 300)).capturedMs).toBe(START_MS);
    expect((await footage.at(camera('holes'), START_MS - 57_700)).capturedMs).toBe(START_MS - 58_040);
  });

  it('finds footage that is renamed while it is looked for', async () => {
    await recordGreys(disk.path, 'renamed', START_MS, 6);
    const [segment] = await listSegments(disk.path, 'renamed');
    if (!segment) throw new Error('no segment');
    const open = segment.path.replace(/_\d+\.mp4$/, '.part.mp4');
    await rename(segment.path, open);
    const pictures = Promise.all(
      [1, 2, 3, 4, 5].map((second) => footage.at(camera('renamed'), START_MS + second * 1000 + 1)),
    );
    await rename(open, segment.path);
    expect((await pictures).map(({ capturedMs }) => capturedMs - START_MS)).toEqual([1000, 2000, 3000, 4000, 5000]);
  });
});
