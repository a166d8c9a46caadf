// `npm run footage -- ...`: the command line tool of apps/cli, from a fresh clone too: installs packages and builds
// where stale, then runs it in this process. Staleness is asked of the files' times: Nx would take seconds for what is
// usually a quarter of one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages } from '../deploy/local/packages.mjs';
import { dataDir, folderSettings, ROOT, StartError } from '../deploy/local/settings.mjs';

const main = join(ROOT, 'dist/apps/cli/main.js');
const sources = [
  'apps/cli/src',
  'libs/base/src',
  'libs/footage/src',
  'libs/mp4/src',
  'libs/contracts/src',
  'tools/build-app.mjs',
  'package-lock.json',
];

function isStale() {
  if (!existsSync(main)) return true;
  const builtMs = statSync(main).mtimeMs;
  return sources.some((source) => {
    const path = join(ROOT, source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true }).map((name) => join(path, name))
      : [path];
    return files.some((file) => !file.endsWith('.spec.ts') && statSync(file).mtimeMs > builtMs);
  });
}

try {
  if (isStale()) {
    await ensurePackages();
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(ROOT, 'tools/build-app.mjs'), 'cli'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new StartError(`footage does not build:\n${stdout}${stderr}`);
  }
  Object.assign(process.env, folderSettings(dataDir()));
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(main).href);
} catch (error) {
  // Never 1: that says that footage is wrong.
  process.stderr.write(`${error instanceof StartError ? error.message : error.stack}\n`);
  process.exitCode = 2;
}
