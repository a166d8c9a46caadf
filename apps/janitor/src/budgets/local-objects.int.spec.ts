import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localObjectFiles } from '@vr/objects';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';

const KB = 1000;
const EXTENSIONS = ['mp4', 'jpg', 'json'];

describe.each([undefined, 'attic'])('budgets of a store that is a folder, with OBJECT_PREFIX %p', (prefix) => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;
  const bucketFolder = prefix === undefined ? 'clips' : `clips/${prefix}`;
  beforeEach(async () => {
    folder = await temporaryFolder('budgets');
    started = await startJanitor(folder.path, {
      OBJECT_PREFIX: prefix,
      MINIO_ENDPOINT: undefined,
      CLIPS_MAX_GB: (100 * KB) / 1e9,
      SNAPSHOTS_MAX_GB: 1,
    });
  });
  afterEach(() => folder.remove());

  const clip = (hoursAgo: number, state: Parameters<StartedJanitor['clip']>[1]) =>
    started.clip(hoursAgo / 24, state, { bytes: 30 * KB });
  const files = (base: string): Promise<boolean[]> =>
    started.areThere(EXTENSIONS.map((extension) => `${base}.${extension}`));
  /** Puts the clip's objects where LocalStore puts them. */
  const objectsOf = async (base: string, bytes: number): Promise<string[]> => {
    const key = `${base.slice(started.config.CLIPS_DIR.length + 1)}.mp4`;
    const { object, sidecar } = localObjectFiles(bucketFolder, key);
    const paths = [object, sidecar].map((path) => join(started.config.OBJECTS_DIR, path));
    await started.put(paths[0] ?? '', { content: 'x'.repeat(bytes), madeMs: START_MS - 100 * HOUR_MS });
    await started.put(paths[1] ?? '', { content: '{}', madeMs: START_MS - 100 * HOUR_MS });
    return paths;
  };

  it('count the objects, which go with their clips, also by age, and leave no folder', async () => {
    const clips = [await clip(60, 'announced'), await clip(40, 'announced'), await clip(1, 'announced')];
    const objects = await Promise.all(clips.map((base) => objectsOf(base, 30 * KB)));
    await started.janitor.sweep();
    expect(await Promise.all(objects.map((paths) => started.areThere(paths)))).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ]);
    expect(await started.areThere(clips.map((base) => `${base}.json`))).toEqual([true, true, true]);
    expect(
      await started.areThere(
        [`${bucketFolder}/cam_1/2026-11-21`, `.meta/${bucketFolder}/cam_1/2026-11-21`].map((path) =>
          join(started.config.OBJECTS_DIR, path),
        ),
      ),
    ).toEqual([false, false]);
    const [old] = [await started.clip(95, 'announced')];
    const [object] = await objectsOf(old, 10);
    await started.janitor.sweep();
    expect(await started.areThere([`${old}.mp4`, `${old}.json`, object ?? ''])).toEqual([false, false, false]);
  });

  it('keep a clip that is uploaded and not announced yet: its link is still to be sent', async () => {
    const [waits, told] = [await clip(3, 'uploaded'), await clip(2, 'announced')];
    const objects = await Promise.all([waits, told].map((base) => objectsOf(base, 30 * KB)));
    await started.janitor.sweep();
    expect([await files(waits), await files(told)]).toEqual([
      [true, true, true],
      [false, false, true],
    ]);
    expect(await Promise.all(objects.map((paths) => started.areThere(paths)))).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('let objects go whose clips somebody removed', async () => {
    const gone = await clip(3, 'announced');
    const stray = await objectsOf(gone, 90 * KB);
    for (const extension of EXTENSIONS) await rm(`${gone}.${extension}`);
    const kept = await clip(1, 'announced');
    await started.janitor.sweep();
    expect([await started.areThere(stray), await files(kept)]).toEqual([
      [false, false],
      [true, true, true],
    ]);
  });
});
