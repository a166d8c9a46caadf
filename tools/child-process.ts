// Commands that show their output here and end with us.
import { spawn } from 'node:child_process';
import { endWithUs, REPOSITORY } from '@vr/testing';

/** @returns its exit code; 1 where a signal ended it. @throws where it cannot be started */
export function runHere(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: REPOSITORY,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    endWithUs(child);
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

export function runNode(args: readonly string[], environment: Record<string, string> = {}): Promise<number> {
  return runHere(process.execPath, args, environment);
}
