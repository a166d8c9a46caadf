// A worker is one file: the many files of its packages made up most of its boot.
import { readdir, readFile } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { ensureBuilt, REPOSITORY, type App } from '@vr/testing';

const BUNDLE = ['main.js', 'package.json', 'worker.js', 'worker.js.LEGAL.txt', 'worker.js.map'];

describe('the build of a worker', () => {
  const filesOf = async (app: App): Promise<string[]> => {
    await ensureBuilt(app);
    return (await readdir(join(REPOSITORY, 'dist/apps', app))).filter((name) => name !== '.compiled').sort();
  };

  it.each<App>(['recorder', 'clipper', 'snapshotter', 'janitor'])(
    '%s is one file with all its packages',
    async (app) => {
      expect(await filesOf(app)).toEqual(BUNDLE);
    },
  );

  it('console has its pages beside it, and packages that browsers get as files', async () => {
    expect(await filesOf('console')).toEqual([...BUNDLE, 'node_modules', 'public'].sort());
    const packages = await readdir(join(REPOSITORY, 'dist/apps/console/node_modules'));
    expect(packages.sort()).toEqual(['@bull-board', 'hls.js']);
  });

  it('leads from its stack traces to our own files and lines', async () => {
    await ensureBuilt('recorder');
    const build = join(REPOSITORY, 'dist/apps/recorder/worker.js');
    const [script, map] = await Promise.all([build, `${build}.map`].map((path) => readFile(path, 'utf8')));
    const before = script?.split('could not start')[0]?.split('\n') ?? [];
    const found = new SourceMap(JSON.parse(map ?? '') as SourceMapPayload).findEntry(
      before.length - 1,
      before.at(-1)?.length ?? 0,
    );
    expect('originalSource' in found && found.originalSource).toMatch(/libs\/service\/src\/bootstrap\.ts$/);
  });
});
