// @ts-check
// How many files one process may have open. A recorder has some twenty open per camera; a limit that is too low ends in
// EMFILE at night.
import { existsSync, readFileSync } from 'node:fs';
import { say } from './logs.mjs';

/** Enough for 64 cameras and what Node, NATS and Redis have open. */
const WANTED_OPEN_FILES = 2048;

/**
 * @returns {number | undefined} the hard limit: Node raises its soft limit to it by itself. undefined: the system does
 *   not tell, or there is none
 */
function openFilesLimit(limitsFile = '/proc/self/limits') {
  if (!existsSync(limitsFile)) return undefined;
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync(limitsFile, 'utf8'))?.[1];
  return hard === undefined ? undefined : Number(hard);
}

export function warnOfFewOpenFiles(limit = openFilesLimit()) {
  if (limit === undefined || limit >= WANTED_OPEN_FILES) return;
  say(
    `open files    the limit is ${limit}, wanted at least ${WANTED_OPEN_FILES}: ulimit -Hn ${WANTED_OPEN_FILES}, ` +
      `or LimitNOFILE=${WANTED_OPEN_FILES} in a systemd unit`,
  );
}
