import { spawn } from 'node:child_process';
import { env } from 'node:process';
import { maskSecrets } from '@vr/base';
import { openCameraDoor, type CameraDoor } from './camera-door';
import { KILL_AFTER_MS } from './ffmpeg';
import { MediaError } from './media-error';
import { StderrTail } from './stderr-tail';
import { openStdoutChannel } from './stdout-channel';

/** A running ffmpeg that brings a camera. */
export interface RecordingProcess {
  readonly pid: number;
  /**
   * Reads fragmented MP4 as it comes. A chunk is valid during the call only. Resolves when the process closes the
   * stream. Rejects with what `take` throws.
   */
  read(take: (chunk: Buffer) => void): Promise<void>;
  /**
   * Ends the process with SIGTERM, and with SIGKILL where it does not listen. Resolves when it is gone, also where it
   * was gone before.
   */
  end(): Promise<void>;
  /**
   * Resolves once the process is gone: the end of its stderr, passwords masked, and whether a signal that was not ours
   * ended it.
   */
  ending(): Promise<{ lastWords: string; crashed: boolean }>;
}

/**
 * Node's memory settings (deploy/local/node-flags.mjs) are not for ffmpeg. With them it would give each fragment's
 * buffer back, and the kernel would clear page after page for the next one.
 */
function environment(): NodeJS.ProcessEnv {
  return { ...env, MALLOC_MMAP_THRESHOLD_: undefined };
}

export interface RecordingOptions {
  /** The camera's sender reports are mended on their way (`reports/`), where that is possible. */
  mendsReports?: boolean;
}

/**
 * Starts ffmpeg with the arguments of recordArguments. The camera's URL, with its password, does not reach the process
 * list.
 */
export async function spawnRecording(
  args: readonly string[],
  { mendsReports = false }: RecordingOptions = {},
): Promise<RecordingProcess> {
  const { shown, door } = await withoutPassword(args, mendsReports);
  const channel = await openStdoutChannel();
  // execa would put a stream of its own between the child and our channel.
  const child = spawn('ffmpeg', shown, { env: environment(), stdio: ['ignore', channel.theirs, 'pipe'] });
  channel.theirs.destroy();
  const tail = new StderrTail();
  child.stderr.on('data', (chunk: Buffer) => tail.add(chunk));
  let endedByUs = false;
  const gone = new Promise<{ code?: string; signal?: NodeJS.Signals | null }>((resolve) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) => resolve({ code }));
    child.once('close', (_, signal) => resolve({ signal }));
  }).finally(() => door?.close());
  if (child.pid === undefined) {
    const { code } = await gone;
    await channel.close();
    throw new MediaError(
      code === 'ENOENT' ? 'missing' : 'failed',
      `ffmpeg did not start (${code ?? 'unknown reason'}): is it installed, and in PATH?`,
    );
  }
  return {
    pid: child.pid,
    read: (take) => channel.read(take),
    end: async () => {
      endedByUs = true;
      child.kill();
      const force = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      await gone;
      clearTimeout(force);
      await channel.close(); // its last fragment may still be on the way
    },
    ending: async () => {
      const { signal } = await gone;
      const text = tail.text();
      return { lastWords: door ? maskSecrets(door.named(text)) : text, crashed: Boolean(signal) && !endedByUs };
    },
  };
}

/**
 * Every camera gets a door, also one without user and password: some makers put the password into the path or the
 * query.
 */
async function withoutPassword(
  args: readonly string[],
  mendsReports: boolean,
): Promise<{ shown: string[]; door?: CameraDoor }> {
  const at = args.indexOf('-i') + 1;
  const cameraUrl = args[at] ?? '';
  if (at === 0 || !/^rtsps?:/i.test(cameraUrl)) return { shown: [...args] };
  const door = await openCameraDoor(cameraUrl, mendsReports);
  return { shown: args.with(at, door.url), door };
}
