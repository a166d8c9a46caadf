// @ts-check
// `npm run footage -- ...`: the command line tool of apps/cli, from a fresh clone too. It installs packages and builds
// where stale, and then runs the tool in this process. The files' times say whether the build is stale: Nx would take
// seconds for what usually takes a quarter of one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages } from '../deploy/local/packages.mjs';
import { dataDir, folderSettings, ROOT } from '../deploy/local/settings.mjs';
import { messageOf, StartError } from '../deploy/local/start-error.mjs';

const main = join(ROOT, 'dist/apps/cli/main.js');
const sources = ['apps/cli/src', 'libs', 'tools/build-app.ts', 'tsconfig.base.json', 'package-lock.json'];

function isStale() {
  if (!existsSync(main)) return true;
  const builtMs = statSync(main).mtimeMs;
  return sources.some((source) => {
    const path = join(ROOT, source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
      : [path];
    return files.some((file) => !file.endsWith('.spec.ts') && statSync(file).mtimeMs > builtMs);
  });
}

try {
  if (isStale()) {
    await ensurePackages();
    const build = ['--import', 'tsx', 'tools/build-app.ts', 'cli'];
    const { status, stderr, stdout } = spawnSync(process.execPath, build, {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new StartError(`apps/cli does not build:\n${stdout}${stderr}`);
  }
  Object.assign(process.env, folderSettings(dataDir()));
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(main).href);
} catch (error) {
  // Never 1: that says that footage is wrong.
  const told = error instanceof Error && !(error instanceof StartError) ? error.stack : messageOf(error);
  process.stderr.write(`${told ?? ''}\n`);
  process.exitCode = 2;
}
