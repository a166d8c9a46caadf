/**
 * Files beside the footage: states, gaps, protections. None of them may end or hold up a recording. One that cannot be
 * read counts as not there, and is said once; one that stands where we must write goes to quarantine.
 */
import { errorCode, errorText, OutsideRootError, passedOver, readSmallFile, STATE_FILE_BYTES } from '@vr/base';
import { quarantine } from './quarantine';

const REFUSALS: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EISDIR', 'ELOOP', 'ENXIO']);

/**
 * Whether an error is of this one file: it is no plain one, is too large, or may not be opened. Else the disk has a
 * fault, and may be asked again.
 */
export function isUnreadable(error: unknown): boolean {
  return error instanceof OutsideRootError || REFUSALS.has(errorCode(error));
}

/** The JSON in a state file; undefined where there is none, or none that can be read. */
export async function readSideJson(path: string): Promise<unknown> {
  try {
    const text = await readSmallFile(path, STATE_FILE_BYTES);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    // What a power cut leaves of a state is no JSON, and no news.
    if (error instanceof SyntaxError) return undefined;
    if (!isUnreadable(error)) throw error;
    passedOver.tell(path, errorText(error));
    return undefined;
  }
}

/** Writes in the place of `path`; what stands there and cannot be written to or replaced goes to quarantine first. */
export async function writeInPlaceOf(recordingsDir: string, path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    passedOver.tell(path, `${errorText(error)}; it was moved to ${await quarantine(recordingsDir, path)}`);
    await write();
  }
}

/** For `catch`: a path that a link leads out of RECORDINGS_DIR is none. */
export function undefinedOutside(error: unknown): undefined {
  if (!(error instanceof OutsideRootError)) throw error;
}
