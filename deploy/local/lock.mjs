// @ts-check
// Each DATA_DIR has one stack at most: a file holds the pid of the stack that owns it. A pid that is gone, or that is
// another program by now, owns nothing.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf, StartError } from './start-error.mjs';

/**
 * @param {string} data DATA_DIR
 * @returns the function that lets go of the lock
 */
export function lock(data) {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const file = join(data, 'stack.lock');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return () => {
        if (readOwner(file) === process.pid) rmSync(file, { force: true });
      };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw new StartError(`DATA_DIR: cannot write ${file}: ${messageOf(error)}`);
    }
    const owner = readOwner(file);
    if (isStack(owner))
      throw new StartError(
        `A stack is running on ${data} already (pid ${owner}). ` +
          `Stop it first (kill -INT ${owner}), or name another DATA_DIR.`,
      );
    rmSync(file, { force: true });
  }
  throw new StartError(`DATA_DIR: could not lock ${file}`);
}

/** @param {string} file */
function readOwner(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return NaN;
  }
}

/** @param {number} pid */
function isStack(pid) {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM'; // it lives, and is another user's
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.mjs');
  } catch {
    return true; // no /proc here: a living pid is taken at its word
  }
}
