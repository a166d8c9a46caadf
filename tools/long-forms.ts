// Long forms of tests: the same test, with more of everything, by variables of the environment.
import { runNode } from './child-process';
import type { Options } from './long-commands';

export interface LongForm {
  /** Jest's arguments that choose the test. */
  chosen: readonly string[];
  /** Option -> the variable by which the test takes it. */
  variables: Readonly<Record<string, string>>;
  /** What the long form always sets. */
  always?: Readonly<Record<string, string>>;
}

/** @returns whether the test passed */
export async function runLongForm({ chosen, variables, always }: LongForm, options: Options): Promise<boolean> {
  const given = Object.entries(variables).map(([option, variable]) => [variable, options.text(option)]);
  const environment = { ...always, ...(Object.fromEntries(given) as Record<string, string>) };
  return (await runNode(['tools/jest.mjs', ...chosen], environment)) === 0;
}

export const testOf = (project: string, pattern: string): string[] => [
  '--selectProjects',
  project,
  '--testPathPatterns',
  pattern,
];
export const benchOf = (pattern: string): string[] => [
  '--config',
  'apps/e2e/bench.jest.config.js',
  '--testPathPatterns',
  pattern,
];
