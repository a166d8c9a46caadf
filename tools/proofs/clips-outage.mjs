// npm run proof:outage [-- SECONDS]: the long form of apps/e2e/src/clips-outage.int.spec.ts: a disk that is full, and a
// store that is away, for minutes.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [seconds = '240'] = process.argv.slice(2);
for (const app of ['recorder', 'clipper', 'snapshotter']) {
  if (spawnSync(process.execPath, ['tools/build-app.mjs', app], { cwd: root, stdio: 'inherit' }).status !== 0)
    process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ['tools/jest.mjs', '--selectProjects', 'e2e', '--testPathPatterns', 'clips-outage'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, OUTAGE_SECONDS: seconds },
  },
);
process.exit(status ?? 1);
