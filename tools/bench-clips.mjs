// npm run bench:clips [-- --size 1920x1080 --events 40 --requests 40 --burst 100]: see apps/e2e/src/clips.bench.ts.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const option = { type: 'string' };
const { values } = parseArgs({ options: { size: option, events: option, requests: option, burst: option } });
if (values.size !== undefined && !/^\d+x\d+$/.test(values.size)) {
  console.error(`--size: wanted width and height as in 1920x1080, got ${values.size}`);
  process.exit(2);
}
for (const app of ['recorder', 'clipper', 'snapshotter', 'console']) {
  if (spawnSync(process.execPath, ['tools/build-app.mjs', app], { cwd: root, stdio: 'inherit' }).status !== 0)
    process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ['tools/jest.mjs', '--config', 'apps/e2e/bench.jest.config.js', '--testPathPatterns', 'clips.bench'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`BENCH_${name.toUpperCase()}`, value])),
    },
  },
);
process.exit(status ?? 2);
