// The steps of `npm test`: builds, lint, format, types, what nobody uses, and every test. All of them run, also after a
// failure, so that one run tells everything. The last line has the totals, `N passed, N failed`. A step that fails
// counts as one failed test.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { forgetBuild, hashOfSources, rememberBuild } from '../deploy/local/build-stamp.mjs';
import { ROOT } from '../deploy/local/settings.mjs';

const RESULTS = join(ROOT, 'tmp/test-results.json');
/** Jest that has told its results and does not end holds something open. That is our fault, and not worth a wait. */
const END_AFTER_RESULTS_MS = 30_000;
const FORMATTED = '**/*.{ts,tsx,mts,mjs,js}';
/**
 * The recorder's tests hold what it stamps against the truth, to the frame, and those of masking measure its time. They
 * run alone; beside others they would measure the others.
 */
const ALONE = ['recorder', 'base'];

const Results = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

interface Totals {
  passed: number;
  failed: number;
}

const faults: string[] = [];
let current: ChildProcess | undefined;

/** Runs all steps, and ends this process. `given`: arguments for Jest; `begunMs`: when the installation began. */
export async function runSteps(given: readonly string[], begunMs: number): Promise<never> {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.on(signal, () => {
      current?.kill(signal);
      process.exit(code);
    });
  tellStep('what is needed is installed', begunMs);
  await build();
  await step('lint', [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']);
  await step('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', FORMATTED]);
  await step('types', [bin('typescript/bin/tsc'), '-p', 'tsconfig.json']);
  await step('types of the pages', [bin('typescript/bin/tsc'), '-p', 'apps/console-web/tsconfig.json']);
  await step('unused', [bin('knip/bin/knip.js')]);
  const { passed, failed } = await allTests(given);
  if (faults.length > 0)
    process.stdout.write(`\nfailed beside the tests:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`);
  tellStep('all', begunMs);
  const allFailed = failed + faults.length;
  process.stdout.write(`\n${passed} passed, ${allFailed} failed\n`);
  process.exit(allFailed === 0 ? 0 : 1);
}

/**
 * It comes first, because it makes Nx's graph of the projects. Without a graph the lint of our arrows says "skipped",
 * and passes.
 */
async function build(): Promise<void> {
  const sources = hashOfSources(ROOT);
  forgetBuild(ROOT);
  await step('build', [bin('nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--outputStyle=static']);
  if (faults.length === 0) rememberBuild(ROOT, sources);
}

async function step(name: string, args: readonly string[]): Promise<void> {
  process.stdout.write(`\n--- ${name}\n`);
  const begunMs = performance.now();
  const code = await node(args);
  tellStep(name, begunMs, code === 0 ? 'good, ' : 'FAILED, ');
  if (code !== 0) faults.push(name);
}

/** Tells where the minutes went: what is slow on a new machine is seen here. */
function tellStep(name: string, sinceMs: number, outcome = ''): void {
  process.stdout.write(`${name}: ${outcome}${((performance.now() - sinceMs) / 60_000).toFixed(1)} min\n`);
}

async function allTests(given: readonly string[]): Promise<Totals> {
  const runs =
    given.length > 0
      ? [['--maxWorkers=2', ...given]]
      : [
          ['--maxWorkers=2', '--ignoreProjects', ...ALONE],
          ['--maxWorkers=1', '--selectProjects', ...ALONE],
        ];
  const totals: Totals = { passed: 0, failed: 0 };
  for (const args of runs) {
    process.stdout.write('\n--- tests\n');
    const begunMs = performance.now();
    const { passed, failed } = await tests(args);
    tellStep('tests', begunMs);
    totals.passed += passed;
    totals.failed += failed;
  }
  return totals;
}

/** A file that could not run counts as one failed test. */
async function tests(args: readonly string[]): Promise<Totals> {
  mkdirSync(join(ROOT, 'tmp'), { recursive: true });
  rmSync(RESULTS, { force: true });
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(join(ROOT, 'tmp'), (_, name) => {
    if (name !== 'test-results.json') return;
    timer ??= setTimeout(() => {
      faults.push('a test leaves something open (find it with --detectOpenHandles): Jest did not end');
      current?.kill('SIGKILL');
    }, END_AFTER_RESULTS_MS);
  });
  const jest = ['--experimental-vm-modules', '--no-warnings', bin('jest/bin/jest.js')];
  const code = await node([...jest, '--json', `--outputFile=${RESULTS}`, ...args]);
  watcher.close();
  clearTimeout(timer);
  const results = readResults();
  if (!results) {
    faults.push(`Jest gave no results (exit code ${code})`);
    return { passed: 0, failed: 0 };
  }
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  if (code !== 0 && failed === 0 && faults.length === 0) faults.push(`Jest ended with exit code ${code}`);
  return { passed: results.numPassedTests, failed };
}

function readResults(): z.infer<typeof Results> | undefined {
  try {
    return Results.parse(JSON.parse(readFileSync(RESULTS, 'utf8')));
  } catch {
    return undefined;
  }
}

function bin(path: string): string {
  return join(ROOT, 'node_modules', path);
}

/** @returns its exit code; 1 where a signal ended it */
function node(args: readonly string[]): Promise<number> {
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
