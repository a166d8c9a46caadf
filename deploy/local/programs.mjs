// @ts-check
// Programs of this machine: where they are, and what they say when they are run.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT } from './settings.mjs';

const KEPT_OUTPUT_CHARACTERS = 50_000;
const TAIL_LINES = 15;

export function isRoot() {
  return process.getuid?.() === 0;
}

export function isDebian() {
  return findBinary('apt-get') !== undefined;
}

/** Ubuntu's browser has another name than Debian's, and is a snap. */
export function isUbuntu() {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Debian keeps servers where ordinary users do not look. `go install` does so too.
 * @param {string} name
 * @returns {string | undefined} its path
 */
export function findBinary(name) {
  const go = [
    process.env['GOBIN'],
    ...(process.env['GOPATH'] ?? '').split(delimiter).map((path) => path && join(path, 'bin')),
    join(homedir(), 'go/bin'),
    '/usr/local/go/bin',
  ];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/opt/homebrew/bin',
    '/usr/local/bin',
    ...go,
  ];
  return folders
    .flatMap((folder) => (folder ? [join(folder, name)] : []))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}

/** The Python that has Debian's python3-gi. A newer one that comes before it in PATH usually has not. */
export function pythonWithGstreamer() {
  return existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
}

/**
 * Never rejects: a program that is not there ends with code 127.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} environment beside our own
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, environment = {}) {
  return new Promise((settle) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream
        .setEncoding('utf8')
        .on('data', (/** @type {string} */ text) => (output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS)));
    child.once('error', (error) => settle({ code: 127, output: error.message }));
    child.once('close', (code) => settle({ code: code ?? 1, output }));
  });
}

/** @param {string} output */
export function tail(output) {
  return `${output.trim().split('\n').slice(-TAIL_LINES).join('\n')}\n`;
}
