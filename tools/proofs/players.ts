// How many pictures ffmpeg, Chromium and OpenCV make of a playlist over ten seams. `npm test` asks the first two.
// OpenCV comes from PyPI, into a folder that goes again.
import { join } from 'node:path';
import { temporaryFolder } from '@vr/testing';
import { runHere, runNode } from '../child-process';
import { testOf } from '../long-forms';

/** @returns whether each player shows all of them */
export async function provePlayers(): Promise<boolean> {
  const folder = await temporaryFolder('players');
  try {
    const python = join(folder.path, 'bin/python');
    await must('python3', ['-m', 'venv', folder.path]);
    await must(python, ['-m', 'pip', 'install', '--quiet', 'opencv-python-headless']);
    const test = ['tools/jest.mjs', ...testOf('console', 'playlist.int')];
    return (await runNode(test, { PLAYERS_PYTHON: python })) === 0;
  } finally {
    await folder.remove();
  }
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const code = await runHere(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}`);
}
