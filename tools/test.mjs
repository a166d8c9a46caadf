// `npm test`: installs what is missing, then builds, lint, types and every test; all of them, also after a failure, so
// that one run tells everything. Ends with one line of totals, `N passed, N failed`; what is not a test but fails
// (lint, types, a build) counts as failed.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgetBuild, hashOfSources, rememberBuild } from '../deploy/local/build-stamp.mjs';
import { ensureInstalled } from '../deploy/local/install.mjs';
import { StartError } from '../deploy/local/settings.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = join(ROOT, 'tmp/test-results.json');
/**
 * Jest that has told its results and does not end holds something open: a fault of ours, not a reason to wait for ever.
 */
const END_AFTER_RESULTS_MS = 30_000;
const bin = (path) => join(ROOT, 'node_modules', path);

let current;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    current?.kill(signal);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

function node(args) {
  return new Promise((settle) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    current = child;
    child.once('error', () => settle(1));
    child.once('exit', (code) => settle(code ?? 1));
  });
}

const faults = [];
async function step(name, args) {
  process.stdout.write(`\n--- ${name}\n`);
  const begunMs = performance.now();
  const code = await node(args);
  sayStep(name, begunMs, code === 0 ? 'good, ' : 'FAILED, ');
  if (code !== 0) faults.push(name);
}

/** @returns passed and failed tests; a file that could not run counts as one failed test */
async function tests(args) {
  process.stdout.write('\n--- tests\n');
  mkdirSync(join(ROOT, 'tmp'), { recursive: true });
  rmSync(RESULTS, { force: true });
  let timer;
  const watcher = watch(join(ROOT, 'tmp'), (_, name) => {
    if (name !== 'test-results.json' || timer) return;
    timer = setTimeout(() => {
      faults.push('a test leaves something open (find it with --detectOpenHandles): Jest did not end');
      current.kill('SIGKILL');
    }, END_AFTER_RESULTS_MS);
  });
  const code = await node([
    '--experimental-vm-modules',
    '--no-warnings',
    bin('jest/bin/jest.js'),
    '--json',
    `--outputFile=${RESULTS}`,
    ...args,
  ]);
  watcher.close();
  clearTimeout(timer);
  try {
    const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    if (code !== 0 && failed === 0 && faults.length === 0) faults.push(`Jest ended with exit code ${code}`);
    return { passed: results.numPassedTests, failed };
  } catch {
    faults.push(`Jest gave no results (exit code ${code})`);
    return { passed: 0, failed: 0 };
  }
}

const begunMs = performance.now();
/** Where the minutes went: what is slow on a new machine is seen here. */
const sayStep = (name, sinceMs, outcome = '') =>
  process.stdout.write(`${name}: ${outcome}${((performance.now() - sinceMs) / 60_000).toFixed(1)} min\n`);

try {
  await ensureInstalled({ for: 'test' });
  sayStep('what is needed is installed', begunMs);
} catch (error) {
  // What a person can mend needs no stack.
  process.stdout.write(`${error instanceof StartError ? error.message : error.stack}\n\n0 passed, 1 failed\n`);
  process.exit(1);
}
// The build first: it makes Nx's graph of the projects, and without one the lint of our arrows says "skipped" and
// passes.
const sources = hashOfSources(ROOT);
forgetBuild(ROOT);
await step('build', [bin('nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--outputStyle=static']);
if (faults.length === 0) rememberBuild(ROOT, sources);
await step('lint', [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']);
await step('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '**/*.{ts,mts,mjs,js}']);
await step('types', [bin('typescript/bin/tsc'), '-p', 'tsconfig.json']);
// The recorder's tests hold what it stamps against the truth, to the frame, and those of masking measure its time: they
// run alone, or what is measured is the other tests.
const given = process.argv.slice(2);
const ALONE = ['recorder', 'base'];
const runs =
  given.length > 0
    ? [['--maxWorkers=2', ...given]]
    : [
        ['--maxWorkers=2', '--ignoreProjects', ...ALONE],
        ['--maxWorkers=1', '--selectProjects', ...ALONE],
      ];
let [passed, failed] = [0, 0];
for (const args of runs) {
  const testsBegunMs = performance.now();
  const run = await tests(args);
  sayStep('tests', testsBegunMs);
  passed += run.passed;
  failed += run.failed;
}
if (faults.length > 0)
  process.stdout.write(`\nfailed beside the tests:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`);
sayStep('all', begunMs);
const allFailed = failed + faults.length;
process.stdout.write(`\n${passed} passed, ${allFailed} failed\n`);
process.exit(allFailed === 0 ? 0 : 1);
