// npm run proof:wipe [-- REQUESTS SEED]: the long form of apps/e2e/src/wipe/wipe.int.spec.ts: 1,000 requests with the
// limits on, and 1,000 with them off. Needs root.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [requests = '1000', seed = '12'] = process.argv.slice(2);
for (const app of ['janitor', 'clipper', 'snapshotter', 'console']) {
  if (spawnSync(process.execPath, ['tools/build-app.mjs', app], { cwd: root, stdio: 'inherit' }).status !== 0)
    process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ['tools/jest.mjs', '--selectProjects', 'e2e', '--testPathPatterns', 'wipe'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, WIPE_REQUESTS: requests, WIPE_SEED: seed },
  },
);
process.exit(status ?? 1);
