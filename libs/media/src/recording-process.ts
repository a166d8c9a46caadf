import type { Readable } from 'node:stream';
import { maskPasswords } from '@vr/contracts';
import { execa } from 'execa';
import { followStderr, KILL_AFTER_MS } from './ffmpeg';
import { MediaError } from './media-error';
import { openPasswordDoor, type PasswordDoor } from './password-door';

/** A running ffmpeg that brings a camera. */
export interface RecordingProcess {
  readonly pid: number;
  /** Fragmented MP4. Ends when the process does. */
  readonly stdout: Readable;
  /** Ends it: SIGTERM, and SIGKILL for one that does not listen. Resolves when it is gone, also when it was gone before. */
  end(): Promise<void>;
  /** The end of its stderr, passwords masked, once the process is gone. */
  lastWords(): Promise<string>;
}

/** Starts ffmpeg with the arguments of recordArguments. The camera's URL, and the password in it, does not reach the process list. */
export async function spawnRecording(args: readonly string[]): Promise<RecordingProcess> {
  const { shown, cameraUrl, door } = await withoutPassword(args);
  const child = execa('ffmpeg', shown, { stdin: 'ignore', buffer: false, reject: false, encoding: 'buffer', forceKillAfterDelay: KILL_AFTER_MS });
  const tail = followStderr(child);
  const gone = child.then((result) => {
    door?.close();
    return result;
  });
  if (child.pid === undefined) {
    const { code } = await gone;
    throw new MediaError(code === 'ENOENT' ? 'missing' : 'failed', `ffmpeg did not start (${code ?? 'unknown reason'}): is it installed, and in PATH?`);
  }
  return {
    pid: child.pid,
    stdout: child.stdout,
    end: async () => {
      child.kill();
      await gone;
    },
    lastWords: async () => {
      await gone;
      const text = tail.text();
      // People know the camera's address, not the door's.
      return door ? maskPasswords(text.replaceAll(door.url, cameraUrl)) : text;
    },
  };
}

/** Every camera takes the door, also one without user and password: some makers put the password into the path or the query. */
async function withoutPassword(args: readonly string[]): Promise<{ shown: string[]; cameraUrl: string; door?: PasswordDoor }> {
  const at = args.indexOf('-i') + 1;
  const cameraUrl = args[at] ?? '';
  if (at === 0 || !/^rtsps?:/i.test(cameraUrl)) return { shown: [...args], cameraUrl };
  const door = await openPasswordDoor(cameraUrl);
  return { shown: args.with(at, door.url), cameraUrl, door };
}
