// npm run proof:chaos [-- EVENTS KILLS SEED]: the long form of apps/e2e/src/clips-chaos.int.spec.ts: 300 events over
// three cameras while the clipper, Redis (with and without its data), NATS and the S3 server are killed 40 times.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [events = '300', kills = '40', seed = '1'] = process.argv.slice(2);
for (const app of ['recorder', 'clipper']) {
  if (spawnSync(process.execPath, ['tools/build-app.mjs', app], { cwd: root, stdio: 'inherit' }).status !== 0)
    process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ['tools/jest.mjs', '--selectProjects', 'e2e', '--testPathPatterns', 'clips-chaos'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHAOS_EVENTS: events, CHAOS_KILLS: kills, CHAOS_SEED: seed },
  },
);
process.exit(status ?? 1);
