// npm run proof:memory [-- MB CLIPS]: the long form of apps/clipper/src/memory.int.spec.ts: the clipper's memory while
// clips of 1 GB are cut and uploaded.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [megabytes = '1000', clips = '3'] = process.argv.slice(2);
if (spawnSync(process.execPath, ['tools/build-app.mjs', 'clipper'], { cwd: root, stdio: 'inherit' }).status !== 0)
  process.exit(1);
const { status } = spawnSync(
  process.execPath,
  ['tools/jest.mjs', '--selectProjects', 'clipper', '--testPathPatterns', 'memory'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MEMORY_CLIP_MB: megabytes, MEMORY_CLIPS: clips },
  },
);
process.exit(status ?? 1);
