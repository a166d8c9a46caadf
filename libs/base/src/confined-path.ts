/**
 * The one way to build a path from data. A root comes from the configuration and is trusted. What follows it came from
 * a message, a job, a record or a listing, and is not trusted. Two walls check it: the names themselves (`joinNames`),
 * and what the disk makes of them (symbolic links). A link that leads to another place below the same root is allowed.
 *
 * This file does not guard against a folder that is replaced between our look and the use of the path. Whoever can do
 * that already writes below the root. Reads of footage refuse links themselves (O_NOFOLLOW).
 */
import { lstatSync, realpathSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { errorCode } from './error-code';
import { maskSecrets } from './secrets/secrets';

/** Linux limits a file name to this many bytes. */
const NAME_LIMIT_BYTES = 255;
const CONTROL_CHARACTER = /\p{Cc}/u;
const NOTHING_THERE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR']);
const SHOWN_CHARACTERS = 120;

/** Data would lead this path out of its root. Nothing was touched. */
export class OutsideRootError extends Error {
  readonly code = 'outside_root';
  constructor(message: string) {
    super(message);
    this.name = 'OutsideRootError';
  }
}

/**
 * The path of `parts` below `root`. Each part is one name, or several between slashes (an object's key). This looks at
 * no disk. It is enough by itself where the folder was confined and the name came out of its listing, or has a strict
 * grammar.
 */
export function joinNames(root: string, ...parts: readonly string[]): string {
  return join(root, ...namesOf(root, parts));
}

/**
 * The path of `parts` below `root`, whether it exists or not. Throws OutsideRootError where a name or a symbolic link
 * leads elsewhere.
 */
export async function confinedPath(root: string, ...parts: readonly string[]): Promise<string> {
  const names = namesOf(root, parts);
  const look = looks(root, names);
  for (let step = look.next(); !step.done;) step = look.next(await realPath(step.value));
  return join(root, ...names);
}

/** The same for code that walks the disk in one go (retention). */
export function confinedPathSync(root: string, ...parts: readonly string[]): string {
  const names = namesOf(root, parts);
  const look = looks(root, names);
  for (let step = look.next(); !step.done;) step = look.next(realPathSync(step.value));
  return join(root, ...names);
}

function namesOf(root: string, parts: readonly string[]): string[] {
  const names = parts.flatMap((part) => part.split('/'));
  const isSound = (name: string): boolean =>
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    !CONTROL_CHARACTER.test(name) &&
    Buffer.byteLength(name) <= NAME_LIMIT_BYTES;
  if (names.length > 0 && names.every(isSound)) return names;
  const shown = JSON.stringify(maskSecrets(parts.join('/'), { upTo: SHOWN_CHARACTERS }));
  throw new OutsideRootError(`wanted plain names of files below ${root}, got ${shown}`);
}

/**
 * Yields the places whose real paths it needs, and receives each path, or undefined where nothing has that name. It
 * ends when the deepest place that exists is inside.
 */
function* looks(root: string, names: readonly string[]): Generator<string, void, string | undefined> {
  const realRoot = yield root;
  if (realRoot === undefined) return; // Nothing is below it that could lead away.
  const inside = realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`;
  for (let depth = names.length; depth > 0; depth--) {
    const path = join(root, ...names.slice(0, depth));
    const real = yield path;
    if (real?.startsWith(inside)) return;
    if (real !== undefined)
      throw new OutsideRootError(`wanted a path that stays in ${root}, and ${path} leads to ${real}`);
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    refuseLoop(error, path);
    const isLink = await lstat(path).then((found) => found.isSymbolicLink(), passOverAbsence);
    return refuseLinkToNothing(isLink, path);
  }
}

function realPathSync(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    refuseLoop(error, path);
    let isLink = false;
    try {
      isLink = lstatSync(path).isSymbolicLink();
    } catch (absence) {
      passOverAbsence(absence);
    }
    return refuseLinkToNothing(isLink, path);
  }
}

function refuseLoop(error: unknown, path: string): void {
  if (errorCode(error) === 'ELOOP')
    throw new OutsideRootError(`wanted a path that leads to a place, and ${path} leads round in a circle`);
  if (!NOTHING_THERE.has(errorCode(error))) throw error;
}

/** Whoever opens such a link for writing creates the file that it names, wherever that is. */
function refuseLinkToNothing(isLink: boolean, path: string): undefined {
  if (isLink) throw new OutsideRootError(`wanted a file or folder, and ${path} is a symbolic link to nothing`);
}

function passOverAbsence(error: unknown): false {
  if (NOTHING_THERE.has(errorCode(error))) return false;
  throw error;
}
