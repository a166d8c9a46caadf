// npm run bench:snapshots: how long snapshots take, beside plain ffmpeg (apps/e2e/src/snapshots.bench.ts).
// BENCH_EVENTS, BENCH_REQUESTS, BENCH_FLOOD_SECONDS. npm run proof:snapshots [-- INSTANTS EVENTS KILLS SEED]: the long
// forms of apps/e2e/src/snapshots-{truth,outbox}.int.spec.ts.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [what, instants = '40', events = '120', kills = '20', seed = '1'] = process.argv.slice(2);
const jobs = {
  bench: ['--config', 'apps/e2e/bench.jest.config.js', '--testPathPatterns', 'snapshots'],
  proof: ['--selectProjects', 'e2e', '--testPathPatterns', 'snapshots-'],
};
const job = jobs[what];
if (!job) {
  console.error(`wanted bench or proof, got ${what ?? 'nothing'}`);
  process.exit(2);
}
function run(args, env = {}) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}
for (const app of ['recorder', 'snapshotter']) run(['tools/build-app.mjs', app]);
run(['tools/jest.mjs', ...job], {
  TRUTH_INSTANTS: instants,
  TRUTH_FOOTAGE_SECONDS: '60',
  OUTBOX_EVENTS: events,
  OUTBOX_KILLS: kills,
  OUTBOX_SEED: seed,
});
