/**
 * What the commands see of the machine: the one place of this program that asks for the clock, the environment, the
 * terminal.
 */
import { resolve } from 'node:path';
import { systemClock, type Clock } from '@vr/base';

export interface Machine {
  clock: Clock;
  /** Where footage is looked for, unless `--dir` says otherwise. */
  recordingsDir: string;
  /** Paths on the command line are relative to this. */
  folder: string;
  /** Columns of the terminal; of a pipe, what a person's terminal usually has. */
  width: number;
  out: (text: string) => void;
  /** For people only: errors, and progress on a terminal. */
  say: (text: string) => void;
  /** Absent where nobody looks. */
  progress?: (line: string) => void;
}

const USUAL_WIDTH = 100;

export function machine(): Machine {
  const { env, stdout, stderr } = process;
  // Through `| head` the reader goes first: that ends us, and is no fault.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    clock: systemClock,
    recordingsDir: resolve(
      env['RECORDINGS_DIR'] === undefined || env['RECORDINGS_DIR'] === '' ? 'data/recordings' : env['RECORDINGS_DIR'],
    ),
    folder: env['INIT_CWD'] ?? process.cwd(), // npm runs us in the repository; the person is elsewhere
    width: stdout.isTTY ? stdout.columns : USUAL_WIDTH,
    out: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    ...(stderr.isTTY
      ? { progress: (line: string) => void stderr.write(`\r\x1b[K${line.slice(0, stderr.columns - 1)}`) }
      : {}),
  };
}
