// @ts-check
// Passwords of the servers that the local stack starts itself: other users of this machine reach loopback too.
// Made once and kept, as the ports are, so that a detector's URL stays what it is.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf, StartError } from './start-error.mjs';

const PASSWORD_BYTES = 24;
/** Hexadecimal: nothing in it means anything to a URL or to a server's configuration file. */
const PASSWORD = /^[0-9a-f]{48}$/;
const OWNER_ONLY_FILE = 0o600;

/**
 * @param {string} data DATA_DIR
 * @param {string} name of the server
 * @returns its password, from DATA_DIR/secrets/NAME
 */
export function passwordOf(data, name) {
  const folder = privateFolder(join(data, 'secrets'));
  const path = join(folder, name);
  try {
    writePrivately(path, randomBytes(PASSWORD_BYTES).toString('hex'), { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new StartError(`cannot write ${path}: ${messageOf(error)}`);
  }
  const password = readFileSync(path, 'utf8').trim();
  if (!PASSWORD.test(password))
    throw new StartError(
      `${path}: wanted 48 hexadecimal digits, got something else. ` +
        'Remove the file; the next start makes a new password.',
    );
  return password;
}

/**
 * A file that nobody but its owner may read, also where it was there before with other rights.
 * @param {string} path
 * @param {string} text
 * @param {{ flag?: string }} options
 */
export function writePrivately(path, text, options = {}) {
  writeFileSync(path, text, { mode: OWNER_ONLY_FILE, ...options });
  chmodSync(path, OWNER_ONLY_FILE);
}

/**
 * A folder that nobody but its owner may enter, also where an older version made it for all.
 * @param {string} path
 */
export function privateFolder(path) {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  return path;
}
