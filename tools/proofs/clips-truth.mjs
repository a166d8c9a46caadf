// npm run proof:clips [-- WINDOWS]: the long form of apps/e2e/src/clips-truth.int.spec.ts: clips of 100 random windows against the truth in their pictures.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [windows = '100'] = process.argv.slice(2);
for (const app of ['recorder', 'clipper']) {
  if (spawnSync(process.execPath, ['tools/build-app.mjs', app], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
}
const { status } = spawnSync(process.execPath, ['tools/jest.mjs', '--selectProjects', 'e2e', '--testPathPatterns', 'clips-truth'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TRUTH_WINDOWS: windows, TRUTH_FOOTAGE_SECONDS: '90' },
});
process.exit(status ?? 1);
