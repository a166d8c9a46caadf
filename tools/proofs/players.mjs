// players.mjs: how many pictures ffmpeg, Chromium and OpenCV make of a playlist over ten seams. npm test asks the first
// two; OpenCV comes from PyPI, into a folder that goes again.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vr-players-'));
const run = (command, args, env = {}) => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? 'a signal'}`);
};

try {
  const python = join(folder, 'bin/python');
  run('python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', 'opencv-python-headless']);
  run('node', ['tools/jest.mjs', '--selectProjects', 'console', '--testPathPatterns', 'playlist.int'], {
    PLAYERS_PYTHON: python,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
