// `npm run check`: format, lint, types, what nobody uses, and the unit tests, with caches in tmp/. It is for the
// minutes between two edits. `npm test` is the whole: it has no caches, and runs the tests on real servers too.
import { runNode } from './child-process.ts';

const STEPS: readonly (readonly [name: string, ...args: string[]])[] = [
  [
    'format',
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--log-level',
    'warn',
    '--cache',
    '--cache-location',
    'tmp/check/prettier',
    '**/*.{ts,tsx,mts,mjs,js}',
  ],
  // Without Nx's graph of the projects the lint of our arrows says "skipped", and passes.
  ['projects', 'node_modules/nx/dist/bin/nx.js', 'graph', '--file=tmp/check/projects.json'],
  [
    'lint',
    'node_modules/eslint/bin/eslint.js',
    '.',
    '--max-warnings',
    '0',
    '--cache',
    '--cache-location',
    'tmp/check/eslint',
    '--cache-strategy',
    'content',
  ],
  [
    'types',
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.json',
    '--incremental',
    '--tsBuildInfoFile',
    'tmp/check/types.json',
  ],
  ['types of the pages', 'node_modules/typescript/bin/tsc', '-p', 'apps/console-web/tsconfig.json'],
  ['unused', 'node_modules/knip/bin/knip.js', '--cache', '--cache-location', 'tmp/check/knip'],
  [
    'unit tests',
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--testPathIgnorePatterns',
    String.raw`\.int\.spec\.ts$`,
  ],
];

const failed: string[] = [];
for (const [name, ...args] of STEPS) {
  const begunMs = performance.now();
  const code = await runNode(args, { NX_DAEMON: 'false', NX_TUI: 'false' });
  const seconds = ((performance.now() - begunMs) / 1000).toFixed(0);
  process.stdout.write(`--- ${name}: ${code === 0 ? 'good' : 'FAILED'}, ${seconds} s\n`);
  if (code !== 0) failed.push(name);
}
process.stdout.write(failed.length === 0 ? 'all good\n' : `failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
