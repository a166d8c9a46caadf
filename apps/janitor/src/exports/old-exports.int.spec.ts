import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORTS_FOLDER } from '@vr/contracts';
import { temporaryFolder } from '@vr/testing';
import { DAY_MS, START_MS, startJanitor } from '../janitor.fixture';

describe('exports in the janitor’s passes', () => {
  it('go after EXPORT_DAYS, and what a kill left half written after a day; strangers stay', async () => {
    const root = await temporaryFolder('exports');
    const { janitor, config } = await startJanitor(root.path);
    const folder = join(config.CLIPS_DIR, EXPORTS_FOLDER);
    await mkdir(folder, { recursive: true });
    const id = (day: number): string => `export_cam_1_${1_795_000_000 + day}.000_${1_795_000_100 + day}.000`;
    const files: [string, number][] = [
      [`${id(8)}.mp4`, 8],
      [`${id(8)}.json`, 8],
      [`${id(6)}.mp4`, 6],
      [`${id(6)}.json`, 6],
      [`.${id(2)}.mp4`, 2],
      [`.${id(0)}.mp4`, 0.5],
      ['holiday.mp4', 30],
    ];
    for (const [name, days] of files) {
      await writeFile(join(folder, name), 'export');
      const then = new Date(START_MS - days * DAY_MS);
      await utimes(join(folder, name), then, then);
    }
    await janitor.sweep();
    const stay = [`.${id(0)}.mp4`, `${id(6)}.json`, `${id(6)}.mp4`, 'holiday.mp4'];
    expect((await readdir(folder)).sort()).toEqual(stay.sort());
    await root.remove();
  });
});
