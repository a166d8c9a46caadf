/**
 * What the commands see of the machine. Only this file of the program asks for the clock, the environment and the
 * terminal.
 */
import { resolve } from 'node:path';
import { systemClock, type Clock } from '@vr/base';

export interface Machine {
  clock: Clock;
  /** The folder of the footage, unless `--dir` names another. */
  recordingsDir: string;
  /** Paths on the command line are relative to this. */
  folder: string;
  /** The columns of the terminal. A pipe gets the usual width of a terminal. */
  width: number;
  out: (text: string) => void;
  /** Prints errors for people, apart from the output. */
  say: (text: string) => void;
  /** Shows progress on a terminal. It is absent where nobody looks. */
  progress?: (line: string) => void;
}

const USUAL_WIDTH = 100;

export function machine(): Machine {
  const { env, stdout, stderr } = process;
  // With `| head` the reader ends first. That ends us too, and is no fault.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    clock: systemClock,
    recordingsDir: resolve(
      env['RECORDINGS_DIR'] === undefined || env['RECORDINGS_DIR'] === '' ? 'data/recordings' : env['RECORDINGS_DIR'],
    ),
    folder: env['INIT_CWD'] ?? process.cwd(), // npm runs us in the repository, and the person may be elsewhere
    width: stdout.isTTY ? stdout.columns : USUAL_WIDTH,
    out: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    ...(stderr.isTTY
      ? { progress: (line: string) => void stderr.write(`\r\x1b[K${line.slice(0, stderr.columns - 1)}`) }
      : {}),
  };
}
