// ffmpeg and ffprobe as child processes that always end: on their own, at their deadline or by their AbortSignal.
import { execa, type ResultPromise } from 'execa';
import { MediaError } from './media-error';
import { StderrTail } from './stderr-tail';

/** A program that does not heed SIGTERM within this time gets SIGKILL. */
export const KILL_AFTER_MS = 3000;

export interface RunOptions {
  signal?: AbortSignal;
  deadlineMs: number;
}

/**
 * Runs ffmpeg to its end. Rejects with a MediaError where it fails, is cancelled or is late. Its output is then
 * unusable.
 */
export async function runFfmpeg(args: readonly string[], options: RunOptions): Promise<{ stderr: string }> {
  const { stderr } = await run(
    'ffmpeg',
    ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', ...args],
    options,
  );
  return { stderr };
}

/** Runs a media program and returns what it said. */
export async function run(
  program: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  { signal, deadlineMs }: RunOptions,
): Promise<{ stdout: string; stderr: string }> {
  if (signal?.aborted) throw new MediaError('cancelled', `${program} was not started: the work was cancelled`);
  const child = execa(program, args, {
    stdin: 'ignore',
    stderr: 'pipe',
    buffer: { stderr: false },
    reject: false,
    timeout: deadlineMs,
    forceKillAfterDelay: KILL_AFTER_MS,
    ...(signal && { cancelSignal: signal }),
  });
  const tail = followStderr(child);
  const result = await child;
  const stderr = tail.text();
  if (result.isCanceled) throw new MediaError('cancelled', `${program} was stopped: the work was cancelled`);
  if (result.timedOut)
    throw new MediaError('late', `${program} was stopped: not ready within ${deadlineMs} ms. ${stderr}`.trim());
  if (result.code === 'ENOENT') throw new MediaError('missing', `${program} is not installed, or not in PATH`);
  if (result.failed)
    throw new MediaError('failed', `${program} failed (${ending(result)}): ${stderr || 'it said nothing'}`);
  return { stdout: result.stdout, stderr };
}

export function followStderr(child: Pick<ResultPromise, 'stderr'>): StderrTail {
  const tail = new StderrTail();
  child.stderr?.on('data', (chunk: Buffer) => tail.add(chunk));
  return tail;
}

function ending({ exitCode, signal }: { exitCode?: number; signal?: string }): string {
  return signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : signal;
}
