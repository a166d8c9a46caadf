/**
 * RECORDINGS_DIR/.quarantine takes files that are no footage and stand in the way of footage. Nothing there is deleted.
 */
import { access, mkdir, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errorCode, joinNames, syncToDisk } from '@vr/base';
import { makeFolder, QUARANTINE_FOLDER } from './names';

/** Moves a file that is no footage out of the readers' way and keeps its bytes. Returns where it is now. */
export async function quarantine(recordingsDir: string, path: string): Promise<string> {
  const target = await quarantinePath(recordingsDir, basename(path));
  await renameDurably(path, target);
  return target;
}

/** A path in quarantine that is still free. */
export async function quarantinePath(recordingsDir: string, name: string): Promise<string> {
  const folder = await makeFolder(recordingsDir, QUARANTINE_FOLDER);
  for (let i = 0; ; i++) {
    const path = joinNames(folder, i === 0 ? name : `${name}.${i}`);
    if (!(await exists(path))) return path;
  }
}

/** A rename that survives a power cut and replaces nothing. It returns false and does nothing where `to` exists. */
export async function renameDurably(from: string, to: string): Promise<boolean> {
  if (await exists(to)) return false;
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  await syncToDisk(dirname(to));
  if (dirname(from) !== dirname(to)) await syncToDisk(dirname(from));
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
