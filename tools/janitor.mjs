// @ts-check
// npm run janitor -- --dry-run: what retention would delete now and why, with the settings of the environment and,
// where they name no folders, those of the local stack (DATA_DIR). Deletes nothing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from '../deploy/local/packages.mjs';
import { dataDir, folderSettings, ROOT } from '../deploy/local/settings.mjs';

const args = process.argv.slice(2);
if (!args.includes('--dry-run')) {
  process.stderr.write('Wanted: npm run janitor -- --dry-run   (the janitor itself runs with `npm start`)\n');
  process.exit(64);
}
const built = join(ROOT, 'dist/apps/janitor/main.js');
if (!existsSync(built)) {
  await ensurePackages();
  const build = spawnSync(process.execPath, ['--import', 'tsx', 'tools/build-app.ts', 'janitor'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
const child = spawn(process.execPath, [built, ...args], {
  stdio: 'inherit',
  env: { ...process.env, ...folderSettings(dataDir()) },
});
child.once('exit', (code) => process.exit(code ?? 1));
