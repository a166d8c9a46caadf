/**
 * Files beside the footage: states, gaps, protections. None of them may end or delay a recording. A file that cannot be
 * read counts as missing, and this is logged once. A file that blocks one of ours goes to quarantine.
 */
import { errorCode, errorText, OutsideRootError, passedOver, readSmallFile, STATE_FILE_BYTES } from '@vr/base';
import { quarantine } from './quarantine';

const REFUSALS: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EISDIR', 'ELOOP', 'ENXIO']);

/**
 * Whether an error concerns this one file: it is not a plain file, is too large, or may not be opened. Any other error
 * is a fault of the disk, and a later try may succeed.
 */
export function isUnreadable(error: unknown): boolean {
  return error instanceof OutsideRootError || REFUSALS.has(errorCode(error));
}

/** The JSON of a state file. Undefined where there is no file, or where it cannot be read. */
export async function readSideJson(path: string): Promise<unknown> {
  try {
    const text = await readSmallFile(path, STATE_FILE_BYTES);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    // A power cut can leave a state that is no JSON. That is not worth a log line.
    if (error instanceof SyntaxError) return undefined;
    if (!isUnreadable(error)) throw error;
    passedOver.tell(path, errorText(error));
    return undefined;
  }
}

/** Writes `path`. A file there that can be neither written to nor replaced goes to quarantine first. */
export async function writeInPlaceOf(recordingsDir: string, path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    passedOver.tell(path, `${errorText(error)}; it was moved to ${await quarantine(recordingsDir, path)}`);
    await write();
  }
}

/** For `catch`: a path that leaves RECORDINGS_DIR through a link counts as missing. */
export function undefinedOutside(error: unknown): undefined {
  if (!(error instanceof OutsideRootError)) throw error;
}
