// npm run proof:flood [-- EVENTS SECONDS SIZE]: the long form of apps/e2e/src/clips-flood.int.spec.ts: 1,000 events in
// a minute, and what the recorder notices of it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [events = '1000', seconds = '60', size = '1280x720'] = process.argv.slice(2);
for (const app of ['recorder', 'clipper', 'snapshotter']) {
  if (spawnSync(process.execPath, ['tools/build-app.mjs', app], { cwd: root, stdio: 'inherit' }).status !== 0)
    process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ['tools/jest.mjs', '--selectProjects', 'e2e', '--testPathPatterns', 'clips-flood'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FLOOD_EVENTS: events, FLOOD_SECONDS: seconds, FLOOD_SIZE: size },
  },
);
process.exit(status ?? 1);
