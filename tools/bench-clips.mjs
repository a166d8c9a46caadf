// npm run bench:clips: see apps/e2e/src/clips.bench.ts. BENCH_EVENTS and BENCH_BURST say how many.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const app of ['recorder', 'clipper']) {
  if (spawnSync(process.execPath, ['tools/build-app.mjs', app], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
}
const { status } = spawnSync(process.execPath, ['tools/jest.mjs', '--config', 'apps/e2e/bench.jest.config.js'], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
